#include "net/connection_race.hpp"

#include "net/connector.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <sys/epoll.h>

namespace hourkey::net {
namespace {

failure cannot_connect(const char* why) { return failure(errc::connection_failed, {}, {}, why); }

/// Connections in the making, in an epoll set of their own: a coroutine waits for one descriptor, and this is the one.
class race final : public swept {
public:
    explicit race(reactor& on)
        : on_(on), decided_(on.descriptors(), os::unique_descriptor(::epoll_create1(EPOLL_CLOEXEC))) {
        if (!decided_.is_open()) why_ = cannot_connect(std::strerror(errno));
    }

    void begin(const address& to) {
        auto& socket = sockets_.emplace_back(-1);
        auto begun = begin_connecting(to);
        if (!begun) {
            why_ = std::move(begun).error();
            return;
        }
        epoll_event event{};
        event.events = EPOLLOUT;
        event.data.u64 = sockets_.size() - 1;
        if (::epoll_ctl(decided_.get(), EPOLL_CTL_ADD, begun->get(), &event) != 0) {
            if (decided_.is_open())
                why_ = cannot_connect(std::strerror(errno));  // without a set there is a reason already
            return;
        }
        socket = *std::move(begun);
        ++running_;
    }

    /// Until one has won or failed, or it is `at`.
    task<> wait(steady_time at) {
        expires_at = at;
        if (!is_linked()) on_.watch(*this);
        co_await decided_.wait(direction::read);
        std::vector<epoll_event> events(sockets_.size());
        const int n = ::epoll_wait(decided_.get(), events.data(), static_cast<int>(events.size()), 0);
        decided_.drained();
        for (int i = 0; i < n; ++i) judge(static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64));
    }
    void expire() noexcept override { decided_.wake(); }

    [[nodiscard]] std::size_t begun() const noexcept { return sockets_.size(); }
    [[nodiscard]] bool all_failed() const noexcept { return running_ == 0; }
    [[nodiscard]] const failure& why() const noexcept { return why_; }
    [[nodiscard]] std::optional<race_winner> take_winner() {
        if (!winner_) return std::nullopt;
        return race_winner{std::move(sockets_[*winner_]), *winner_};
    }

private:
    void judge(std::size_t index) {
        auto& socket = sockets_[index];
        if (socket.get() < 0) return;  // closed, but a child that is being started still holds a copy
        if (const auto ended = end_connecting(socket.get()); ended) {
            winner_ = std::min(index, winner_.value_or(index));
        } else {
            why_ = ended.error();
            socket.reset();
            --running_;
        }
    }

    reactor& on_;
    watched_descriptor decided_;
    std::vector<os::unique_descriptor> sockets_;  ///< by index of the address; -1: failed
    std::size_t running_ = 0;
    std::optional<std::size_t> winner_;
    failure why_{errc::connection_failed};
};

}  // namespace

task<result<race_winner>> connect_to_first(reactor& on, addresses to, std::chrono::steady_clock::duration patience,
                                           deadline until) {
    if (to.size() == 1) {  // without the set: while STS is slow, all clients' connections to it are in the making
        HK_CO_TRY(auto socket, co_await connect_to(on, to.front(), until.sooner(deadline::after(patience))));
        co_return race_winner{std::move(socket), 0};
    }
    race trying(on);
    auto now = std::chrono::steady_clock::now();
    const auto lead = std::min<std::chrono::steady_clock::duration>(
        head_start, until.remaining(now) / static_cast<int>(2 * to.size() + 1));
    auto next = now;  // from one planned moment to the next: what each wait takes too long must not add up
    for (;;) {
        while (trying.begun() < to.size() && (trying.all_failed() || now >= next)) {
            trying.begin(to[trying.begun()]);
            next = trying.begun() < to.size() ? std::min(next, now) + lead : now + patience;
        }
        if (trying.all_failed()) co_return trying.why();
        co_await trying.wait(std::min(next, until.at()));
        if (auto won = trying.take_winner()) co_return *std::move(won);
        now = std::chrono::steady_clock::now();
        if (until.has_passed(now) || (trying.begun() == to.size() && now >= next))
            co_return failure(errc::deadline_exceeded);
    }
}

}  // namespace hourkey::net
