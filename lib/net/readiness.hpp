#pragma once

#include "core/task.hpp"
#include "os/unique_descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace hourkey::net {

enum class direction : std::uint8_t {
    read,
    write,
    none  ///< only wake() and close() end such a wait
};

class readiness;

/// A non-blocking descriptor of one reactor, and what the kernel last said of it. Bytes go through receive() and
/// send(), which notice when the kernel has no more: the epoll set is edge-triggered, so that a wait costs no system
/// call of its own (Asio's async_wait costs an epoll_ctl each; docs/PERFORMANCE.md). Without memory to post a wake-up
/// the process ends.
class watched_descriptor
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// Takes `fd`; -1 stands for a closed one, and so does what epoll refuses: errno tells why.
    watched_descriptor(readiness& in, os::unique_descriptor fd) noexcept;
    watched_descriptor(const watched_descriptor&) = delete;
    watched_descriptor& operator=(const watched_descriptor&) = delete;
    ~watched_descriptor() { close(); }

    [[nodiscard]] int get() const noexcept { return fd_.get(); }
    [[nodiscard]] bool is_open() const noexcept { return fd_.get() >= 0; }

    /// recv(2) and send(2) without SIGPIPE, EINTR gone over; on -1 errno tells.
    [[nodiscard]] std::ptrdiff_t receive(std::span<char> into) noexcept;
    [[nodiscard]] std::ptrdiff_t send(std::string_view bytes) noexcept;

    /// For other calls that take something out of the kernel: there is no more.
    void drained() noexcept { is_readable_ = has_ended_; }

    /// Whether there is something to read, the peer's end included. What came since the reactor's last turn may be
    /// missed.
    [[nodiscard]] bool has_input() noexcept;

    /// Suspends, even when ready already: then others get their turn first. One coroutine at a time. Also ends on
    /// errors, on the peer's end and by wake().
    [[nodiscard]] task<> wait(direction until);
    /// Ends the wait in progress, if any, as if the descriptor had become ready; never before the caller returns.
    void wake() noexcept;

    /// Idempotent. A wait in progress ends.
    void close() noexcept;
    /// Hands the descriptor on; this one is closed then.
    [[nodiscard]] os::unique_descriptor release() noexcept;

private:
    friend class readiness;
    using resumption = boost::asio::async_result<boost::asio::use_awaitable_t<executor>, void()>::handler_type;

    void note(std::uint32_t events) noexcept;
    [[nodiscard]] bool is_due() const noexcept {
        return (awaited_ == direction::read && is_readable_) || (awaited_ == direction::write && is_writable_);
    }
    void forget() noexcept;

    readiness& in_;
    os::unique_descriptor fd_;
    std::optional<resumption> waiting_;  ///< set exactly while this is in one of the set's lists
    direction awaited_ = direction::read;
    bool is_readable_ = false;
    bool is_writable_ = false;
    bool has_ended_ = false;  ///< the peer's end or an error is still to be read: the descriptor stays readable
};

/// A reactor's descriptors, in an epoll set that the reactor waits for. It outlives them all: coroutines that hold some
/// may be destroyed as late as with `context`, which is only used to post to.
class readiness {
public:
    explicit readiness(boost::asio::io_context& context);
    readiness(const readiness&) = delete;
    readiness& operator=(const readiness&) = delete;

    /// Readable when there are events to collect.
    [[nodiscard]] int epoll() const noexcept { return epoll_.get(); }
    /// Takes in what the kernel has to tell and lets the coroutines go on that waited for it.
    void collect();
    /// At the end: destroys the coroutines that still wait.
    void abandon_waiting() noexcept;

private:
    friend class watched_descriptor;
    using list = boost::intrusive::list<watched_descriptor, boost::intrusive::constant_time_size<false>>;

    [[nodiscard]] bool add(watched_descriptor& w) noexcept;
    void remove(const watched_descriptor& w) noexcept;
    void suspend(watched_descriptor& w);
    void resume_later(watched_descriptor& w);
    void resume_due();

    boost::asio::io_context& context_;
    os::unique_descriptor epoll_;
    list waiting_;
    list due_;
    bool is_resuming_later_ = false;
};

}  // namespace hourkey::net
