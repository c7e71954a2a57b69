#include "agent/refresh_rules.hpp"

#include <algorithm>

namespace hourkey::agent {
namespace {

using std::chrono::nanoseconds;

nanoseconds part(nanoseconds of, double share) {
    return nanoseconds(static_cast<std::int64_t>(static_cast<double>(of.count()) * share));
}

/// How much of a life is left when newer ones are fetched: half. Where half is less than comfortable and the life has
/// more to give, earlier, but not before a quarter has gone by.
nanoseconds left_at_refresh(nanoseconds life) {
    if (life <= refresh_rules::comfortable) return life / 2;
    return std::min<nanoseconds>(std::max<nanoseconds>(life / 2, refresh_rules::comfortable), life / 4 * 3);
}

}  // namespace

bool refresh_rules::is_usable(wall_time now, steady_time steady_now) const noexcept {
    return at_hand_ && now < at_hand_->usable_until && steady_now < at_hand_->usable_until_at_most;
}

refresh_rules::use refresh_rules::judge(wall_time now, steady_time steady_now) const noexcept {
    if (!is_usable(now, steady_now))
        return answers_until_ && steady_now < *answers_until_ ? use::not_now : use::when_fetched;
    if (now < at_hand_->comfortable_until) return use::at_once;
    return tries_again_at_ && steady_now < *tries_again_at_ ? use::at_once : use::after_try;
}

bool refresh_rules::is_due(wall_time now, steady_time steady_now) const noexcept {
    if (!is_usable(now, steady_now) || now < at_hand_->refresh_at) return false;
    return !tries_again_at_ || steady_now >= *tries_again_at_;
}

bool refresh_rules::fetched(wall_time now, steady_time steady_now, wall_time expiration) {
    const nanoseconds whole = expiration - now;
    if (whole <= nanoseconds::zero()) return false;
    const auto usable = whole - std::min<nanoseconds>(last_moments, whole / 10);
    const auto left = left_at_refresh(whole);
    // All of a fleet that began together would come back together.
    const auto until_refresh = part(whole - left, 0.9 + 0.2 * random_());
    at_hand_ = life{.usable_until = now + usable,
                    .usable_until_at_most = steady_now + usable,
                    .comfortable_until = expiration - std::min<nanoseconds>(comfortable, left / 4 * 3),
                    .refresh_at = now + until_refresh};
    tries_again_at_.reset();
    answers_until_.reset();
    pause_ = std::chrono::seconds(1);
    return true;
}

void refresh_rules::failed(fetch_failure how, steady_time steady_now, std::optional<std::chrono::seconds> retry_after) {
    if (how == fetch_failure::refusal) {
        at_hand_.reset();
        tries_again_at_.reset();
        answers_until_ = steady_now + refusal_holds;
        return;
    }
    const auto told = std::min(retry_after.value_or(std::chrono::seconds::zero()), longest_hold);
    answers_until_ = steady_now + std::max(outage_holds, told);
    const auto pause = part(pause_, 1 - random_() / 4);
    tries_again_at_ = steady_now + std::max<nanoseconds>(pause, told);
    pause_ = std::min(pause_ * 2, longest_pause);
}

}  // namespace hourkey::agent
