#pragma once

#include "net/byte_stream.hpp"
#include "net/reactor.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace hourkey::net {

/// TCP and unix alike. Asio only waits for readiness and closes; bytes go through recv and send on the descriptor.
using stream_socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, executor>;

/// What plain and TLS streams share: the descriptor, its deadline, its end.
class descriptor_stream : public byte_stream, public swept {
public:
    /// How long and how much linger_close() discards: longer would let a client hold a place for nothing.
    static constexpr std::chrono::milliseconds linger_time{1'000};
    static constexpr std::size_t linger_bytes = 64 * 1024;

    descriptor_stream(const descriptor_stream&) = delete;
    descriptor_stream& operator=(const descriptor_stream&) = delete;

    /// A later one revives a stream that expired while reading, so that the refusal of a slow request can still be written.
    void set_deadline(steady_time at) noexcept final;
    void close() noexcept final;
    task<> linger_close() final;
    void expire() noexcept final;

protected:
    /// `socket` is connected and non-blocking.
    descriptor_stream(reactor& on, stream_socket socket);
    ~descriptor_stream() override = default;  // a derived class calls close() in its own destructor

    /// What the protocol says before the descriptor goes: at once, once, without waiting.
    virtual void say_goodbye() noexcept = 0;

    /// To be asked after every suspension, before the descriptor or OpenSSL is touched again.
    [[nodiscard]] std::optional<failure> ended() const;
    [[nodiscard]] bool is_expired() const noexcept { return expired_; }
    [[nodiscard]] int descriptor() const noexcept { return fd_; }
    /// Ends a wait in progress, as if the descriptor had become ready.
    void wake() noexcept;
    [[nodiscard]] task<result<>> ready(stream_socket::wait_type direction);

private:
    reactor& on_;
    stream_socket socket_;
    int fd_;  ///< -1 once closed
    bool expired_ = false;
};

/// A plain descriptor: the admin listener, the unix socket, tests.
[[nodiscard]] std::unique_ptr<byte_stream> make_plain_stream(reactor& on, stream_socket socket);

}  // namespace hourkey::net
