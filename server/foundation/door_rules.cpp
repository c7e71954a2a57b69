#include "server/foundation/door_rules.hpp"

#include "net/listener.hpp"
#include "os/unique_descriptor.hpp"
#include "server/store_files/store_opening.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/socket.h>

namespace hourkey::server {
namespace {

namespace ip = boost::asio::ip;

failure bad(const std::string& key, const std::string& what, std::string fix) {
    return failure(errc::invalid_configuration, key + " " + what + ".", std::move(fix));
}

result<ip::address> address_of(const std::string& key, const std::string& text) {
    boost::system::error_code ec;
    const auto address = ip::make_address(text, ec);
    if (ec)
        return bad(key, "is '" + text + "', which is no IP address",
                   "Give an address such as 127.0.0.1, or 0.0.0.0 or :: for all.");
    return address;
}

/// Bound and closed again, never listened on. Above the privileged ports any port tells as much as the real one, which
/// a running server may have.
result<> check_may_bind(const std::string& section, const ip::address& address, std::uint16_t port) {
    constexpr std::uint16_t first_unprivileged = 1024;
    const ip::tcp::endpoint endpoint(address, port < first_unprivileged ? port : std::uint16_t{0});
    const os::unique_descriptor fd(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (fd.get() >= 0 && ::bind(fd.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
    if (errno == EADDRINUSE) return {};
    if (errno == EADDRNOTAVAIL)
        return bad(section + ".address", "is " + address.to_string() + ", which this machine does not have",
                   "Give one of its own, or 0.0.0.0 or :: for all.");
    if (errno == EACCES)
        return bad(section + ".port", "is " + std::to_string(port) + ", which takes a privilege",
                   "Take one from 1024 on, or give the service CAP_NET_BIND_SERVICE.");
    return bad(section + ".address", "cannot be listened on: " + std::string(std::strerror(errno)),
               "Give another address.");
}

/// `::` takes IPv4 too, and ::ffff:0:0/96 is IPv4.
bool overlap(const ip::address& a, const ip::address& b) {
    const auto is_mapped = [](const ip::address& one) { return one.is_v6() && one.to_v6().is_v4_mapped(); };
    const auto as_v4 = [](const ip::address& one) {
        return ip::address(ip::make_address_v4(ip::v4_mapped, one.to_v6()));
    };
    if (is_mapped(a)) return overlap(as_v4(a), b);
    if (is_mapped(b)) return overlap(a, as_v4(b));
    const auto takes = [](const ip::address& all, const ip::address& one) {
        return all.is_unspecified() && (all.is_v6() || one.is_v4());
    };
    return a == b || takes(a, b) || takes(b, a);
}

}  // namespace

result<> check_doors(const config& c) {
    HK_TRY(const auto main, address_of("listen.address", c.listen.address));
    HK_TRY(const auto admin, address_of("admin.address", c.admin.address));
    if (c.listen.port != 0 && c.listen.port == c.admin.port && overlap(main, admin))
        return bad("admin.port", "is listen.port too, " + std::to_string(c.admin.port),
                   "Give the two listeners different ports.");
    HK_CHECK(check_may_bind("listen", main, c.listen.port));
    HK_CHECK(check_may_bind("admin", admin, c.admin.port));
    return net::listener::check_unix(control_socket_path(c));
}

}  // namespace hourkey::server
