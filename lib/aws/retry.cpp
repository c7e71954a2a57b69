#include "aws/retry.hpp"

#include "core/number.hpp"

#include <algorithm>
#include <cmath>

namespace hourkey::aws {
namespace {

using std::chrono::milliseconds;

constexpr int transient_cost = 14, throttling_cost = 5, first_success_gift = 1;
constexpr milliseconds transient_base{50}, throttling_base{1'000}, longest_backoff{20'000}, most_over_backoff{5'000};

}  // namespace

bool retry_bucket::take(int cost) noexcept {
    if (tokens_ < cost) return false;
    tokens_ -= cost;
    return true;
}

void retry_bucket::give_back(int cost) noexcept { tokens_ = std::min(most_, tokens_ + cost); }

std::optional<retry_kind> retry_kind_of(error_class what) noexcept {
    if (what == error_class::retry_transient) return retry_kind::transient;
    if (what == error_class::retry_throttle) return retry_kind::throttling;
    return std::nullopt;
}

std::optional<milliseconds> parse_retry_after(std::string_view field) {
    const auto value = parse_number<long>(field);
    if (!value || *value < 0) return std::nullopt;
    // Nobody waits a day; the bound also keeps later arithmetic from overflowing.
    return std::min(milliseconds(*value), milliseconds(std::chrono::hours(24)));
}

milliseconds retry_delay(retry_kind kind, int failed_attempt, double random, std::optional<milliseconds> retry_after) {
    const auto base = kind == retry_kind::throttling ? throttling_base : transient_base;
    const auto doublings = std::clamp(failed_attempt - 1, 0, 16);
    const auto most = std::min(base * (1 << doublings), longest_backoff);
    const milliseconds delay(std::lround(std::clamp(random, 0.0, 1.0) * static_cast<double>(most.count())));
    if (!retry_after) return delay;
    return std::max(delay, std::min(*retry_after, delay + most_over_backoff));
}

retry_session::decision retry_session::after_failure(retry_kind kind, double random,
                                                     std::optional<milliseconds> retry_after,
                                                     std::chrono::nanoseconds left) {
    if (++failed_ >= most_attempts) return {end::attempts};
    const auto delay = retry_delay(kind, failed_, random, retry_after);
    if (delay >= left) return {end::time};
    const int cost = kind == retry_kind::throttling ? throttling_cost : transient_cost;
    if (kind == retry_kind::denial && bucket_->tokens() - cost < retry_bucket::capacity / 2) return {end::quota};
    if (!take(cost)) return {end::quota};
    last_cost_ = cost;
    return {end::none, delay};
}

bool retry_session::take(int cost) noexcept {
    if (share_ != nullptr && !share_->take(cost)) return false;
    if (bucket_->take(cost)) return true;
    if (share_ != nullptr) share_->give_back(cost);
    return false;
}

void retry_session::after_success() noexcept {
    const int back = last_cost_ != 0 ? last_cost_ : first_success_gift;
    bucket_->give_back(back);
    if (share_ != nullptr) share_->give_back(back);
}

}  // namespace hourkey::aws
