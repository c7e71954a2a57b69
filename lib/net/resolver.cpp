#include "net/resolver.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <netdb.h>

namespace hourkey::net {
namespace {

failure not_resolved(const std::string& host, const char* why) {
    return failure(errc::connection_failed, {}, {}, host + ": " + why);
}

/// What escapes would end the process, and without an answer the name would be in look-up for ever.
result<addresses> ask(const name_lookup& by, const std::string& host, std::uint16_t port) {
    try {
        auto found = by(host, port);
        if (found && found->size() > most_addresses) found->resize(most_addresses);
        return found;
    } catch (const std::exception& e) {
        return not_resolved(host, e.what());
    }
}

}  // namespace

result<addresses> look_up_by_system(const std::string& host, std::uint16_t port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* answer = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &answer);
    if (error != 0) return not_resolved(host, error == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(answer, ::freeaddrinfo);
    addresses found;
    for (const auto* at = answer; at != nullptr; at = at->ai_next)
        found.emplace_back(at->ai_addr, at->ai_addrlen, at->ai_protocol);
    return found;
}

void look_up(reactor& on, name_lookup by, std::string host, std::uint16_t port,
             std::function<void(result<addresses>)> then) {
    const auto tell = [to = on.handle(), then = std::move(then)](result<addresses> found) {
        to.post([then, found = std::move(found)] { then(found); });
    };
    boost::system::error_code not_an_address;
    const auto literal = boost::asio::ip::make_address(host, not_an_address);
    if (!not_an_address) return tell(addresses{boost::asio::ip::tcp::endpoint(literal, port)});
    try {
        std::thread([tell, by = std::move(by), host, port] { tell(ask(by, host, port)); }).detach();
    } catch (const std::system_error& e) {
        tell(not_resolved(host, e.what()));
    }
}

}  // namespace hourkey::net
