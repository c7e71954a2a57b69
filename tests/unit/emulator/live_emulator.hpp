#pragma once

#include "emulator/emulator_server.hpp"
#include "signing.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hourkey::emulator::test {

enum class peer_end { fin, reset, silence };

struct received {
    std::string bytes;
    peer_end end = peer_end::silence;
    std::chrono::steady_clock::duration took{};  ///< since the client was made
    int reads = 0;
};

/// A blocking client that shows the bytes and how they ended.
class raw_client {
public:
    explicit raw_client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0);
    }
    ~raw_client() { ::close(fd_); }
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    /// A peer that has reset already is no error here: the reading tells. (The kernel tells of a reset once, to
    /// whichever call comes first.)
    void send(std::string_view text) {
        while (!text.empty()) {
            const auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (n <= 0) {
                was_reset_ = was_reset_ || errno == ECONNRESET;
                return;
            }
            text.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    /// Until the peer ends the connection or says nothing for `patience`.
    [[nodiscard]] received read_all(std::chrono::milliseconds patience = 20s) const {
        received got;
        std::string chunk(64 * 1024, '\0');
        for (;;) {
            pollfd waiting{fd_, POLLIN, 0};
            if (::poll(&waiting, 1, static_cast<int>(patience.count())) == 0) break;
            const auto n = ::recv(fd_, chunk.data(), chunk.size(), 0);
            if (n <= 0) {
                got.end = n == 0 && !was_reset_ ? peer_end::fin : peer_end::reset;
                break;
            }
            got.bytes.append(chunk, 0, static_cast<std::size_t>(n));
            ++got.reads;
        }
        got.took = std::chrono::steady_clock::now() - begun_;
        return got;
    }

private:
    int fd_;
    bool was_reset_ = false;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// An emulator served in plain text on a thread of its own, with one user and one open role.
class live_emulator {
public:
    fixed_clock clock;
    sts_emulator sts{clock};

    live_emulator() {
        sts.put_user(user_key, user_secret, user_arn);
        sts.put_role(open_role());
        auto bound = emulator_server::bind(reactor_, sts, {});
        REQUIRE(bound.has_value());
        server_ = *std::move(bound);
        thread_ = std::thread([this] { reactor_.run(); });
    }
    ~live_emulator() {
        reactor_.stop();
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }

    void arm(fault f, std::chrono::milliseconds delay = 20ms) {
        fault_rule rule;
        rule.what = f;
        rule.count = 1;
        rule.delay = delay;
        sts.set_fault(rule);
    }
    /// AssumeRole under the fault, and behind it on the same connection a GetCallerIdentity that asks for the
    /// connection's end: what came of the first is whole when the second's answer or the end is there.
    [[nodiscard]] received struck_by(fault f, std::chrono::milliseconds delay = 20ms,
                                     std::chrono::milliseconds patience = 20s) {
        arm(f, delay);
        raw_client client(port());
        client.send(signed_post(assume_role_parameters(), clock.at).wire() +
                    signed_post(identity_parameters, clock.at).wire("Connection: close\r\n"));
        return client.read_all(patience);
    }

private:
    net::reactor reactor_;
    std::unique_ptr<emulator_server> server_;
    std::thread thread_;
};

/// The bytes before the answer to the second request, which `was_kept` says is there.
inline std::string first_answer(const received& r, bool& was_kept) {
    const auto second = r.bytes.rfind("HTTP/1.1 200 OK\r\n");
    was_kept = second != std::string::npos && r.bytes.find("<GetCallerIdentityResult>", second) != std::string::npos;
    return was_kept ? r.bytes.substr(0, second) : r.bytes;
}

inline std::string head_of(std::string_view bytes) { return std::string(bytes.substr(0, bytes.find("\r\n\r\n") + 2)); }
inline std::string body_of(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string() : std::string(bytes.substr(end + 4));
}
inline std::string field(std::string_view bytes, const std::string& name) {
    return between(head_of(bytes), "\r\n" + name + ": ", "\r\n");
}

}  // namespace hourkey::emulator::test
