#pragma once

#include "net/byte_stream.hpp"
#include "net/reactor.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace hourkey::net {

/// What plain and TLS streams share: the descriptor, its deadline, its end.
class descriptor_stream : public byte_stream, public swept {
public:
    /// How long and how much linger_close() discards: longer would let a client hold a place for nothing.
    static constexpr std::chrono::milliseconds linger_time{1'000};
    static constexpr std::size_t linger_bytes = 64 * 1024;

    descriptor_stream(const descriptor_stream&) = delete;
    descriptor_stream& operator=(const descriptor_stream&) = delete;

    /// A later one revives a stream that expired while reading, so that the refusal of a slow request can still be
    /// written.
    void set_deadline(steady_time at) noexcept final;
    void give_way() noexcept final;
    task<result<proxy_header>> read_proxy_header() final;
    task<> pause(steady_time until) final;
    void close() noexcept final;
    task<> linger_close() final;
    void expire() noexcept final;

protected:
    /// `fd` is connected and non-blocking.
    descriptor_stream(reactor& on, os::unique_descriptor fd);
    ~descriptor_stream() override = default;  // a derived class calls close() in its own destructor

    /// What the protocol says before the descriptor goes: at once, once, without waiting.
    virtual void say_goodbye() noexcept = 0;

    /// To be asked after every suspension, before the descriptor or OpenSSL is touched again.
    [[nodiscard]] std::optional<failure> ended() const;
    [[nodiscard]] bool is_expired() const noexcept { return expired_; }
    /// TCP and unix alike.
    [[nodiscard]] watched_descriptor& descriptor() noexcept { return fd_; }

private:
    reactor& on_;
    watched_descriptor fd_;
    bool expired_ = false;
};

/// A plain descriptor: the admin listener, the unix socket, tests.
[[nodiscard]] std::unique_ptr<byte_stream> make_plain_stream(reactor& on, os::unique_descriptor fd);

}  // namespace hourkey::net
