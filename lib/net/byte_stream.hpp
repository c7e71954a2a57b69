#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/proxy_header.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hourkey::net {

/// What HTTP sees of a connection: bytes in, bytes out, one deadline. Implemented by TLS on the descriptor, by a plain
/// descriptor, and by scripts in tests. Never a read and a write in flight at once.
class byte_stream {
public:
    virtual ~byte_stream() = default;

    /// Before the handshake of a connection that begins with a PROXY protocol header; takes exactly that. Fails with
    /// protocol_violation, connection_closed or deadline_exceeded.
    virtual task<result<proxy_header>> read_proxy_header() { co_return proxy_header{}; }

    /// Once, before anything else is read or written; nothing to do on a plain stream.
    /// Fails with tls_failed, connection_closed or deadline_exceeded.
    virtual task<result<>> handshake() = 0;

    /// After a handshake that failed: the peer does not speak TLS, but HTTP. One write_all() then reaches it, in plain
    /// text.
    [[nodiscard]] virtual bool has_met_plain_http() const noexcept { return false; }

    /// At least one byte, or 0 for an orderly end (close_notify, or FIN on a plain stream). `into` is filled at the
    /// moment the call returns, never while it is suspended: a per-thread buffer may be passed. Fails with
    /// connection_truncated (TLS peer vanished without close_notify), connection_closed (reset), deadline_exceeded,
    /// tls_failed.
    virtual task<result<std::size_t>> read_some(std::span<char> into) = 0;

    /// read_some() without a coroutine, when it need not wait; nothing when it must.
    [[nodiscard]] virtual std::optional<result<std::size_t>> read_now(std::span<char> /*into*/) { return std::nullopt; }

    /// Waits until a read is worth trying, without holding a buffer; ok also when the peer has gone. Lets an idle
    /// connection keep no memory. A hint: a TLS record without data or a stale event of the kernel's ends the wait too,
    /// and the read then suspends.
    virtual task<result<>> wait_readable() = 0;

    /// Neither reads nor writes until then, whatever the peer sends; give_way() ends it. The deadline is to be set anew
    /// afterwards.
    virtual task<> pause(steady_time until) = 0;

    /// All of it or a failure. `bytes` may be a per-thread buffer: the stream copies what it must keep before it
    /// suspends and wipes the copy afterwards.
    virtual task<result<>> write_all(std::string_view bytes) = 0;

    /// write_all() without a coroutine, when it need not wait. Nothing when it must: then write_all() has to follow,
    /// with the same bytes.
    [[nodiscard]] virtual std::optional<result<>> write_now(std::string_view /*bytes*/) { return std::nullopt; }

    /// Past this moment every pending and later operation fails with deadline_exceeded. Only the owner of the exchange
    /// moves it, never the arrival of bytes.
    virtual void set_deadline(steady_time at) noexcept = 0;

    /// Ends it for good, whoever waits for it and whatever deadline is set later: its place is needed. The owner still
    /// has to close().
    virtual void give_way() noexcept = 0;

    /// True when a kept-alive stream may carry another exchange: nothing buffered, nothing to read, not closed by the
    /// peer, as far as the reactor knew at its last turn.
    [[nodiscard]] virtual bool is_quiet() noexcept = 0;

    /// Sends close_notify if it can at once, then lets go of the descriptor. Idempotent, never waits, never throws.
    virtual void close() noexcept = 0;

    /// Discards what the peer still sends for a short, bounded time after the last answer, so that a reset does not
    /// destroy the answer on its way; then closes.
    virtual task<> linger_close() = 0;
};

}  // namespace hourkey::net
