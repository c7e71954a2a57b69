#pragma once

#include "core/deadline.hpp"
#include "core/task.hpp"
#include "net/reactor.hpp"

#include <boost/intrusive/list.hpp>

#include <utility>

namespace hourkey::net {

/// Coroutines of one reactor that wait their turn, first come first served, each until its own deadline.
class wait_queue {
public:
    /// One coroutine's place; lives in its frame.
    class place : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    public:
        explicit place(reactor& on) : timer_(on.get_executor()) {}

    private:
        friend class wait_queue;
        steady_timer timer_;
        bool woken_ = false;
    };

    /// True when woken, also when the deadline passed in the same moment: what was given with the wake-up is not lost.
    [[nodiscard]] task<bool> wait(place& at, deadline until) {
        places_.push_back(at);
        at.timer_.expires_at(until.at());
        co_await at.timer_.async_wait(as_task_tuple);
        at.unlink();
        co_return at.woken_;
    }

    [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
    [[nodiscard]] place& front() noexcept { return places_.front(); }

    void wake(place& at) {
        at.unlink();
        at.woken_ = true;
        at.timer_.cancel();
    }
    void wake_all() {
        while (!places_.empty()) wake(places_.front());
    }

private:
    boost::intrusive::list<place, boost::intrusive::constant_time_size<false>> places_;
};

}  // namespace hourkey::net
