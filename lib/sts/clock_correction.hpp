#pragma once

#include <atomic>
#include <chrono>

namespace hourkey::sts {

/// How far STS's clock is ahead of this machine's, shared by all reactors. Kept within 15 minutes, STS's own tolerance:
/// a machine further off must be repaired. Until then each call on it still learns the whole offset and signs again
/// with it, at the price of a second attempt.
class clock_correction {
public:
    static constexpr std::chrono::minutes bound{15};

    [[nodiscard]] std::chrono::nanoseconds value() const noexcept {
        return std::chrono::nanoseconds(skew_.load(std::memory_order_relaxed));
    }
    /// What was measured last, before bounding: for a metric and for the warning.
    [[nodiscard]] std::chrono::nanoseconds measured() const noexcept {
        return std::chrono::nanoseconds(measured_.load(std::memory_order_relaxed));
    }

    enum class outcome { within, newly_beyond, still_beyond };
    outcome learn(std::chrono::nanoseconds measured) noexcept;

private:
    std::atomic<std::chrono::nanoseconds::rep> skew_{0};
    std::atomic<std::chrono::nanoseconds::rep> measured_{0};
    std::atomic<bool> beyond_{false};
};

}  // namespace hourkey::sts
