#pragma once

#include "core/clock.hpp"

#include <algorithm>

namespace hourkey {

/// A point in time by which a call must have ended. A value, handed down; the callee may only shorten it.
class deadline {
public:
    explicit constexpr deadline(steady_time at) noexcept : at_(at) {}
    [[nodiscard]] static deadline after(std::chrono::steady_clock::duration d) noexcept {
        return deadline(std::chrono::steady_clock::now() + d);
    }

    [[nodiscard]] constexpr steady_time at() const noexcept { return at_; }
    [[nodiscard]] constexpr bool has_passed(steady_time now) const noexcept { return now >= at_; }
    [[nodiscard]] constexpr std::chrono::steady_clock::duration remaining(steady_time now) const noexcept {
        return std::max(at_ - now, std::chrono::steady_clock::duration::zero());
    }
    [[nodiscard]] constexpr deadline sooner(deadline other) const noexcept {
        return deadline(std::min(at_, other.at_));
    }

private:
    steady_time at_;
};

}  // namespace hourkey
