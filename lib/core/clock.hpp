#pragma once

#include <chrono>

namespace hourkey {

/// UTC. Only for what the world sees: signatures, expiry, records.
using wall_time = std::chrono::sys_time<std::chrono::nanoseconds>;
/// For every duration and deadline.
using steady_time = std::chrono::steady_clock::time_point;

/// The one way to ask for the time, so that tests can set it.
class clock_source {
public:
    virtual ~clock_source() = default;
    [[nodiscard]] virtual wall_time now() const noexcept = 0;
    [[nodiscard]] virtual steady_time steady_now() const noexcept = 0;
};

[[nodiscard]] const clock_source& system_clock() noexcept;

}  // namespace hourkey
