#include "net/connector.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace hourkey::net {
namespace {

/// Ends the wait of a socket that is still connecting, which has nothing to shut down yet.
class connecting final : public swept {
public:
    connecting(reactor& on, os::unique_descriptor fd, deadline until) : fd_(on.descriptors(), std::move(fd)) {
        expires_at = until.at();
        on.watch(*this);
    }
    void expire() noexcept override {
        expired_ = true;
        fd_.wake();
    }
    [[nodiscard]] bool is_expired() const noexcept { return expired_; }
    [[nodiscard]] watched_descriptor& descriptor() noexcept { return fd_; }

private:
    watched_descriptor fd_;
    bool expired_ = false;
};

failure cannot_connect(const char* why) { return failure(errc::connection_failed, {}, {}, why); }

}  // namespace

result<os::unique_descriptor> begin_connecting(const address& to) {
    os::unique_descriptor socket(::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return cannot_connect(std::strerror(errno));
    const int on_value = 1;
    if (to.protocol().family() != AF_UNIX)
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on_value, sizeof(on_value));
    if (::connect(socket.get(), to.data(), static_cast<socklen_t>(to.size())) != 0 && errno != EINPROGRESS)
        return cannot_connect(std::strerror(errno));
    return socket;
}

result<> end_connecting(int socket) {
    int error = 0;
    socklen_t size = sizeof(error);
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return cannot_connect(std::strerror(error));
    return {};
}

task<result<os::unique_descriptor>> connect_to(reactor& on, address to, deadline until) {
    HK_CO_TRY(auto socket, begin_connecting(to));
    connecting watched(on, std::move(socket), until);
    if (!watched.descriptor().is_open()) co_return cannot_connect(std::strerror(errno));
    co_await watched.descriptor().wait(direction::write);
    if (watched.is_expired()) co_return failure(errc::deadline_exceeded);
    HK_CO_CHECK(end_connecting(watched.descriptor().get()));
    co_return watched.descriptor().release();
}

}  // namespace hourkey::net
