#include "net/listener.hpp"

#include "net/descriptor_stream.hpp"
#include "net/tls_context.hpp"
#include "net/tls_stream.hpp"
#include "net/unix_address.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::net {
namespace {

using boost::asio::ip::tcp;

/// A naive loop at EMFILE made a million failed accepts a second.
constexpr std::chrono::milliseconds back_off{50};
/// Until those that were told to give way have gone.
constexpr std::chrono::milliseconds clearing_time{1};
/// Then the established connections get their turn.
constexpr int accepts_per_turn = 64;

int open_spare() noexcept { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

/// Whether the kernel has no room, as opposed to a connection that ended before it was accepted.
bool is_exhaustion(int error) noexcept {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

peer peer_of(int fd, const sockaddr_storage& from, socklen_t size) {
    if (from.ss_family == AF_UNIX) {
        ucred who{};
        socklen_t who_size = sizeof(who);
        const bool known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &who_size) == 0;
        return peer{"local", 0, known ? static_cast<int>(who.uid) : -1};
    }
    tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), &from, std::min<std::size_t>(size, endpoint.capacity()));
    endpoint.resize(size);
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    return peer{address.to_string(), endpoint.port(), -1};
}

/// Shared with the accepting coroutine, which may wake once more after the listener has gone.
struct accepting {
    reactor& on;
    watched_descriptor socket;
    tls_server_context* tls;
    connection_limits& limits;
    listener::on_accept deliver;
    steady_timer pause{on.get_executor()};
    os::unique_descriptor spare{open_spare()};
    bool stopped = false;

    accepting(reactor& r, os::unique_descriptor s, tls_server_context* t, connection_limits& l)
        : on(r), socket(r.descriptors(), std::move(s)), tls(t), limits(l) {}

    /// How long the loop should pause: the machine has no room, or those that give way have not gone yet.
    std::chrono::milliseconds accept_turn() {
        // Lost when another thread was quicker to take its number.
        if (spare.get() < 0) spare.reset(open_spare());
        for (int n = 0; n < accepts_per_turn && !stopped; ++n) {
            if (limits.is_clearing()) return clearing_time;
            sockaddr_storage from{};
            socklen_t size = sizeof(from);
            os::unique_descriptor fd(
                ::accept4(socket.get(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (fd.get() >= 0) {
                admit(std::move(fd), from, size);
            } else if (errno == EAGAIN) {
                socket.drained();
                return {};
            } else if (is_exhaustion(errno)) {
                refuse_one();
                return back_off;
            } else if (errno != ECONNABORTED && errno != EINTR) {
                return back_off;  // accept(2) also reports the network's errors here; none of them is worth spinning on
            }
        }
        return {};
    }

    /// With the spare descriptor's number: a client that waits in the queue of a full server learns so at once.
    void refuse_one() noexcept {
        if (spare.get() < 0) return;
        spare.reset();
        os::unique_descriptor(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC)).reset();
        spare.reset(open_spare());
    }

    void admit(os::unique_descriptor fd, const sockaddr_storage& from, socklen_t size) {
        accepted connection;
        connection.from = peer_of(fd.get(), from, size);
        connection.slot = limits.admit(connection.from.address);
        if (!connection.slot) return;
        if (tls == nullptr) {
            connection.slot.handshake_done();
            connection.stream = make_plain_stream(on, std::move(fd));
        } else {
            auto stream = make_tls_server_stream(on, std::move(fd), tls->current());
            if (!stream) return;
            connection.stream = *std::move(stream);
        }
        connection.slot.let_give_way(on.handle(), [stream = connection.stream.get()] { stream->give_way(); });
        deliver(std::move(connection));
    }
};

task<> accept_until_stopped(std::shared_ptr<accepting> self) {
    while (!self->stopped) {
        co_await self->socket.wait(direction::read);
        if (self->stopped) break;
        auto pause = back_off;
        try {
            pause = self->accept_turn();
        } catch (const std::exception& e) {
            // Memory, or the receiver's failure: that connection is lost, the listener is not.
            if (self->on.on_escaped) self->on.on_escaped(e.what());
        }
        if (pause == std::chrono::milliseconds::zero() || self->stopped) continue;
        self->pause.expires_after(pause);
        co_await self->pause.async_wait(as_task_tuple);
    }
}

class socket_listener final : public listener {
public:
    socket_listener(reactor& on, os::unique_descriptor socket, tls_server_context* tls, connection_limits& limits,
                    std::uint16_t port, std::string path)
        : accepting_(std::make_shared<accepting>(on, std::move(socket), tls, limits)),
          port_(port),
          path_(std::move(path)) {
        struct stat about{};
        if (!path_.empty() && ::stat(path_.c_str(), &about) == 0) inode_ = about.st_ino;
    }
    ~socket_listener() override { stop(); }

    [[nodiscard]] bool is_open() const noexcept { return accepting_->socket.is_open(); }

    void start(on_accept deliver) override {
        accepting_->deliver = std::move(deliver);
        accepting_->on.spawn(accept_until_stopped(accepting_));
    }

    void stop() noexcept override {
        if (std::exchange(accepting_->stopped, true)) return;
        accepting_->socket.close();
        accepting_->pause.cancel();
        struct stat about{};
        // Only our own: a successor may have put its socket there.
        if (!path_.empty() && ::lstat(path_.c_str(), &about) == 0 && about.st_ino == inode_) ::unlink(path_.c_str());
    }

    [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }

private:
    std::shared_ptr<accepting> accepting_;
    std::uint16_t port_;
    std::string path_;
    ino_t inode_ = 0;
};

failure cannot_listen(const std::string& where, int error) {
    std::string fix = "Check the address and the port.";
    if (error == EADDRINUSE) fix = "Stop what listens there, or choose another port.";
    if (error == EACCES) fix = "Choose a port above 1023, or grant CAP_NET_BIND_SERVICE.";
    // Whoever listens there may be about to end: a start that is tried again may come about.
    const auto code = error == EADDRINUSE ? errc::connection_failed : errc::invalid_configuration;
    return failure(code, "Cannot listen on " + where + ": " + std::strerror(error) + ".", std::move(fix));
}

void switch_on(int fd, int level, int option, int value = 1) noexcept {
    ::setsockopt(fd, level, option, &value, sizeof(value));
}

/// epoll may refuse a descriptor: fs.epoll.max_user_watches, or memory.
result<std::unique_ptr<listener>> listening_on(std::unique_ptr<socket_listener> made, const std::string& where) {
    if (!made->is_open()) return cannot_listen(where, errno);
    return std::unique_ptr<listener>(std::move(made));
}

/// A socket without SO_REUSEPORT binds only where nobody listens.
result<> check_is_free(const tcp::endpoint& endpoint, const std::string& where) {
    const os::unique_descriptor probe(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (probe.get() < 0) return cannot_listen(where, errno);
    switch_on(probe.get(), SOL_SOCKET, SO_REUSEADDR);
    if (endpoint.address().is_v6()) switch_on(probe.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(probe.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0)
        return cannot_listen(where, errno);
    return {};
}

/// True: a socket is there, false: nothing.
result<bool> has_socket(const std::string& path) {
    struct stat about{};
    if (::lstat(path.c_str(), &about) != 0) return false;
    if (S_ISSOCK(about.st_mode)) return true;
    return failure(errc::invalid_configuration, path + ": there is a file of another kind.",
                   "Move it away, or choose another path for the socket.");
}

result<> remove_stale(const std::string& path, const unix_address& address) {
    HK_TRY(const bool is_there, has_socket(path));
    if (!is_there) return {};
    if (address.is_served()) {
        return failure(errc::invalid_configuration, path + ": another server answers on this socket.",
                       "Stop it first.");
    }
    if (::unlink(path.c_str()) != 0) return cannot_listen(path, errno);
    return {};
}

}  // namespace

result<std::unique_ptr<listener>> listener::bind_tcp(reactor& on, const std::string& address, std::uint16_t port,
                                                     tls_server_context* tls, connection_limits& limits, port_use use) {
    const auto where = address + " port " + std::to_string(port);
    boost::system::error_code ec;
    const auto ip = boost::asio::ip::make_address(address, ec);
    if (ec) {
        return failure(errc::invalid_configuration, "'" + address + "' is not an IP address to listen on.",
                       "Give an address such as 127.0.0.1, or 0.0.0.0 or :: for all.");
    }
    tcp::endpoint endpoint(ip, port);
    if (use == port_use::alone) HK_CHECK(check_is_free(endpoint, where));
    const int family = endpoint.protocol().family();
    os::unique_descriptor fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd.get() < 0) return cannot_listen(where, errno);
    switch_on(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    switch_on(fd.get(), SOL_SOCKET, SO_REUSEPORT);
    switch_on(fd.get(), IPPROTO_TCP, TCP_NODELAY);  // Linux: accepted sockets inherit it
    if (ip.is_v6()) switch_on(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (::bind(fd.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
        ::listen(fd.get(), SOMAXCONN) != 0) {
        return cannot_listen(where, errno);
    }
    auto size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockname(fd.get(), endpoint.data(), &size) != 0) return cannot_listen(where, errno);
    return listening_on(
        std::make_unique<socket_listener>(on, std::move(fd), tls, limits, endpoint.port(), std::string{}), where);
}

result<> listener::check_unix(const std::string& path) {
    HK_CHECK(has_socket(path));
    std::error_code unseen;
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && !std::filesystem::exists(folder, unseen)) return {};
    HK_CHECK(unix_address::make(path));
    return {};
}

result<std::unique_ptr<listener>> listener::bind_unix(reactor& on, const std::string& path, connection_limits& limits) {
    HK_TRY(const auto address, unix_address::make(path));
    HK_CHECK(remove_stale(path, address));
    os::unique_descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd.get() < 0) return cannot_listen(path, errno);
    // unix(7): Linux gives the file the descriptor's mode, so it never exists with a wider one.
    if (::fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0 || ::bind(fd.get(), address.get(), address.size()) != 0 ||
        ::listen(fd.get(), SOMAXCONN) != 0) {
        return cannot_listen(path, errno);
    }
    return listening_on(std::make_unique<socket_listener>(on, std::move(fd), nullptr, limits, std::uint16_t{0}, path),
                        path);
}

}  // namespace hourkey::net
