#include "net/readiness.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace hourkey::net {
namespace {

constexpr std::size_t events_per_turn = 256;

os::unique_descriptor make_epoll() {
    os::unique_descriptor made(::epoll_create1(EPOLL_CLOEXEC));
    if (made.get() < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    return made;
}

}  // namespace

watched_descriptor::watched_descriptor(readiness& in, os::unique_descriptor fd) noexcept : in_(in), fd_(std::move(fd)) {
    if (!is_open() || in_.add(*this)) return;
    const int refused = errno;
    fd_.reset();
    errno = refused;
}

std::ptrdiff_t watched_descriptor::receive(std::span<char> into) noexcept {
    for (;;) {
        const auto n = ::recv(get(), into.data(), into.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0 && !into.empty()) has_ended_ = true;
        // epoll(7): a read that got less than it asked for has emptied a stream; what comes later is a new event. Not
        // so at a TCP urgent mark or behind a unix socket's SCM_RIGHTS: a peer that sends these waits for its deadline.
        if (n < 0 ? errno == EAGAIN : static_cast<std::size_t>(n) < into.size()) drained();
        return n;
    }
}

std::ptrdiff_t watched_descriptor::send(std::string_view bytes) noexcept {
    for (;;) {
        const auto n = ::send(get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) is_writable_ = false;
        return n;
    }
}

bool watched_descriptor::has_input() noexcept {
    if (!is_readable_) return false;
    char byte = 0;
    if (::recv(get(), &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN) drained();
    return is_readable_;
}

task<> watched_descriptor::wait(direction until) {
#ifdef __clang_analyzer__  // which takes the frames of Asio's coroutines for undefined memory
    static_cast<void>(until);
    co_return;
#else
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<executor>&, void()>(
        [this, until](resumption r) {
            awaited_ = until;
            waiting_.emplace(std::move(r));
            in_.suspend(*this);
        },
        use_task);
#endif
}

void watched_descriptor::wake() noexcept {
    if (waiting_) in_.resume_later(*this);
}

void watched_descriptor::note(std::uint32_t events) noexcept {
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) has_ended_ = true;
    if (has_ended_ || (events & EPOLLIN) != 0) is_readable_ = true;
    // A peer that has only said all it has to say (EPOLLRDHUP) may still be slow to read.
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) is_writable_ = true;
}

void watched_descriptor::forget() noexcept {
    if (is_open()) in_.remove(*this);
    wake();
}

void watched_descriptor::close() noexcept {
    forget();
    fd_.reset();
}

os::unique_descriptor watched_descriptor::release() noexcept {
    forget();
    return std::move(fd_);
}

readiness::readiness(boost::asio::io_context& context) : context_(context), epoll_(make_epoll()) {}

void readiness::abandon_waiting() noexcept {
    due_.splice(due_.end(), waiting_);
    while (!due_.empty()) {
        auto& first = due_.front();
        due_.pop_front();
        const auto destroyed =
            std::exchange(first.waiting_, std::nullopt);  // and with it the coroutine, which may own `first`
    }
}

bool readiness::add(watched_descriptor& w) noexcept {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &w;
    return ::epoll_ctl(epoll(), EPOLL_CTL_ADD, w.get(), &event) == 0;
}

/// Closing would do, but not while a child that is being started still holds a copy.
void readiness::remove(const watched_descriptor& w) noexcept { ::epoll_ctl(epoll(), EPOLL_CTL_DEL, w.get(), nullptr); }

void readiness::suspend(watched_descriptor& w) {
    waiting_.push_back(w);
    if (!w.is_open() || w.is_due()) resume_later(w);
}

void readiness::resume_later(watched_descriptor& w) {
    w.unlink();
    due_.push_back(w);
    if (std::exchange(is_resuming_later_, true)) return;
    boost::asio::post(context_, [this] {
        is_resuming_later_ = false;
        resume_due();
    });
}

void readiness::collect() {
    std::array<epoll_event, events_per_turn> events;
    const int n = ::epoll_wait(epoll(), events.data(), static_cast<int>(events.size()), 0);
    // All are noted before the first coroutine goes on: it may destroy another's descriptor.
    for (int i = 0; i < n; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        auto& w = *static_cast<watched_descriptor*>(event.data.ptr);
        w.note(event.events);
        if (!w.waiting_ || !w.is_due()) continue;
        w.unlink();
        due_.push_back(w);
    }
    resume_due();
}

void readiness::resume_due() {
    list now;
    now.swap(due_);  // what becomes due meanwhile waits for the next turn
    while (!now.empty()) {
        auto& first = now.front();
        now.pop_front();
        auto resume = *std::exchange(first.waiting_, std::nullopt);
        std::move(resume)();
    }
}

}  // namespace hourkey::net
