#include "sts/clock_correction.hpp"

#include <algorithm>

namespace hourkey::sts {

clock_correction::outcome clock_correction::learn(std::chrono::nanoseconds measured) noexcept {
    constexpr std::chrono::nanoseconds most = bound;
    const auto kept = std::clamp(measured, -most, most);
    measured_.store(measured.count(), std::memory_order_relaxed);
    skew_.store(kept.count(), std::memory_order_relaxed);
    const bool beyond = kept != measured;
    if (beyond_.exchange(beyond, std::memory_order_relaxed) == beyond || !beyond)
        return beyond ? outcome::still_beyond : outcome::within;
    return outcome::newly_beyond;
}

}  // namespace hourkey::sts
