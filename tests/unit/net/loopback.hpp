#pragma once

#include "crypto/certificate.hpp"
#include "net/descriptor_stream.hpp"
#include "net/reactor.hpp"
#include "net/tls_context.hpp"
#include "support/run_on.hpp"
#include "support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hourkey::test {

using namespace std::chrono_literals;

inline steady_time in(std::chrono::steady_clock::duration d) { return std::chrono::steady_clock::now() + d; }

inline task<> pause_for(net::reactor& r, std::chrono::milliseconds d) {
    steady_timer timer(r.get_executor(), d);
    co_await timer.async_wait(as_task_tuple);
}

/// For a coroutine that must be running while the test's own goes on.
struct background {
    net::reactor& on;
    bool done = false;

    void start(task<> t) {
        boost::asio::co_spawn(on.context(), std::move(t), [this](const std::exception_ptr& e) {
            done = true;
            if (e) std::rethrow_exception(e);
        });
    }
    task<> finish() {
        while (!done) co_await pause_for(on, 5ms);
    }
};

/// Two ends: `ours` for a stream on the reactor, `peer` a blocking descriptor for a test's thread, or also for a
/// stream.
struct socket_pair {
    int ours = -1;
    int peer = -1;

    [[nodiscard]] static socket_pair unix_domain() {
        std::array<int, 2> fds{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
        return {fds[0], fds[1]};
    }
    [[nodiscard]] static socket_pair tcp() {
        const int acceptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(at);
        REQUIRE(::bind(acceptor, reinterpret_cast<const sockaddr*>(&at), size) == 0);
        REQUIRE(::listen(acceptor, 1) == 0);
        REQUIRE(::getsockname(acceptor, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        socket_pair made;
        made.peer = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(::connect(made.peer, reinterpret_cast<const sockaddr*>(&at), size) == 0);
        made.ours = ::accept(acceptor, nullptr, nullptr);
        ::close(acceptor);
        return made;
    }
};

inline void shrink_buffers(int fd, int bytes = 4096) {
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/// close(2) with a RST instead of a FIN (TCP only).
inline void reset(int fd) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    ::close(fd);
}

inline os::unique_descriptor adopt(int fd) {
    REQUIRE(::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) == 0);
    return os::unique_descriptor(fd);
}

inline std::size_t open_descriptors() {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++n;
    return n;
}

inline crypto::validity an_hour() {
    const auto now = system_clock().now();
    return {now - 1min, now + 1h};
}
inline crypto::validity past_hour() {
    const auto now = system_clock().now();
    return {now - 2h, now - 1h};
}

inline const crypto::certificate_authority& authority() {
    static const auto made = crypto::certificate_authority::make("hourkey tests", an_hour()).value();
    return made;
}

inline const crypto::certificate_names& local_names() {
    static const crypto::certificate_names names{{"localhost"}, {"127.0.0.1", "::1"}};
    return names;
}

/// A server context from files, and a client context that trusts the tests' CA.
struct tls_pair {
    scratch_folder directory;
    std::unique_ptr<net::tls_server_context> server;
    net::ssl_ctx_ptr client;

    explicit tls_pair(crypto::issued_certificate issued = authority().issue(local_names(), an_hour()).value()) {
        const auto cert = directory.put("cert.pem", issued.certificate, 0644);
        const auto key = directory.put("key.pem", issued.key.expose());
        server = net::tls_server_context::load(cert, key).value();
        client = net::make_tls_client_context(directory.put("ca.pem", authority().certificate(), 0644)).value();
    }
};

}  // namespace hourkey::test
