#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <optional>

namespace hourkey::server {

/// When to tell that a snapshot keeps the store's log from shrinking. Those of our own readers last microseconds, a
/// check's or a copy's as long as they take; what lasts longer is told once, and again while it goes on.
class held_log_warning {
public:
    static constexpr std::chrono::seconds patience{30};
    static constexpr std::chrono::minutes between{10};

    [[nodiscard]] bool is_due(std::chrono::nanoseconds held_for, steady_time now) noexcept {
        if (held_for == std::chrono::nanoseconds::zero()) next_.reset();
        if (held_for < patience || (next_ && now < *next_)) return false;
        next_ = now + between;
        return true;
    }

private:
    std::optional<steady_time> next_;
};

}  // namespace hourkey::server
