#pragma once

#include <chrono>

namespace hourkey::os {

/// Whether somebody has asked the program to end, by the SIGTERM or SIGINT that hold_signals() keeps back. Once asked,
/// always asked.
class stop_request {
public:
    /// Waits for it, at most so long.
    bool came_within(std::chrono::milliseconds wait) noexcept;
    [[nodiscard]] bool has_come() noexcept { return came_within(std::chrono::milliseconds::zero()); }

private:
    bool came_ = false;
};

}  // namespace hourkey::os
