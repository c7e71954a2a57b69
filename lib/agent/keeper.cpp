#include "agent/keeper.hpp"

#include <exception>
#include <utility>

namespace hourkey::agent {

keeper::keeper(net::reactor& on, connection_name of, source from, keeper_settings with)
    : on_(on), of_(std::move(of)), from_(std::move(from)), with_(std::move(with)), rules_(with_.random) {}

task<result<keeper::handed>> keeper::get(deadline until) {
    const auto self = shared_from_this();
    is_wanted_ = true;
    tick();
    const auto verdict = rules_.judge(with_.clock->now(), with_.clock->steady_now());
    if (verdict == refresh_rules::use::at_once) co_return at_hand_;
    if (verdict == refresh_rules::use::not_now) co_return last_failure_;
    begin_fetch();
    if (fetching_) {  // one that need not wait is over by now
        net::wait_queue::place mine(on_);
        static_cast<void>(co_await waiting_.wait(mine, until));
    }
    if (is_usable()) co_return at_hand_;
    if (!fetching_) co_return last_failure_;
    co_return failure(errc::deadline_exceeded, "The credentials are not here yet.",
                      "Ask again; they are on their way.");
}

void keeper::tick() {
    if (at_hand_ && !is_usable()) at_hand_.reset();
    if (with_.renews == renewal::while_used && !is_wanted_) return;
    if (rules_.is_due(with_.clock->now(), with_.clock->steady_now())) begin_fetch();
}

bool keeper::is_usable() const noexcept { return rules_.is_usable(with_.clock->now(), with_.clock->steady_now()); }

void keeper::begin_fetch() {
    if (std::exchange(fetching_, true)) return;
    is_wanted_ = false;
    on_.spawn(fetch(shared_from_this()));
}

task<> keeper::fetch(std::shared_ptr<keeper> self) {
    try {
        auto got = co_await self->from_(self->of_, deadline::after(self->with_.fetch_time));
        self->take(std::move(got));
    } catch (const std::exception& e) {
        self->fail(failure(errc::internal, {}, {}, e.what()));
    }
    self->fetching_ = false;
    self->waiting_.wake_all();
}

void keeper::take(result<fetched> got) {
    if (!got) return fail(std::move(got).error());
    // The SDKs hold the end against this machine's clock, as the rules do.
    got->what.expiration -= got->clock_offset;
    if (!rules_.fetched(with_.clock->now(), with_.clock->steady_now(), got->what.expiration)) {
        return fail(failure(errc::protocol_violation,
                            "The credentials that the server sent have ended already, by this machine's clock.",
                            "Compare this machine's clock with the server's."));
    }
    at_hand_ = std::make_shared<const api::credentials>(std::move(got->what));
    last_failure_ = {};
    const bool was_right = clock_offset_ == std::chrono::seconds::zero();
    clock_offset_ = got->clock_offset;
    if (was_right && clock_offset_ != std::chrono::seconds::zero()) tell(notice::what::clock, last_failure_);
    if (std::exchange(is_out_, false)) tell(notice::what::back, last_failure_);
}

void keeper::fail(failure why) {
    const auto how = kind_of(why);
    rules_.failed(how, with_.clock->steady_now(), why.retry_after);
    last_failure_ = std::move(why);
    if (how == fetch_failure::refusal) {
        const bool had_any = at_hand_ != nullptr;
        at_hand_.reset();
        is_out_ = false;
        if (had_any) tell(notice::what::refused, last_failure_);
    } else if (is_usable() && !std::exchange(is_out_, true)) {
        tell(notice::what::served_on, last_failure_);
    }
}

void keeper::tell(notice::what told, const failure& why) const {
    if (!with_.tell) return;
    with_.tell(notice{.told = told,
                      .connection = of_,
                      .why = why,
                      .until = at_hand_ ? at_hand_->expiration : wall_time{},
                      .clock_offset = clock_offset_});
}

}  // namespace hourkey::agent
