#pragma once

#include "core/clock.hpp"
#include "model/job.hpp"

#include <chrono>
#include <cstdint>

namespace hourkey::jobs {

inline constexpr std::chrono::seconds first_pause{10};
inline constexpr std::chrono::hours longest_pause{1};
/// Who has not come back by then is taken for gone.
inline constexpr std::chrono::minutes lease_time = model::longest_lease;

/// After `attempts` tries that failed: doubling pauses up to an hour, each shortened by up to a half, so that what
/// failed together does not come back together. `random` is any number.
[[nodiscard]] wall_time next_try(std::uint32_t attempts, wall_time now, std::uint64_t random) noexcept;

}  // namespace hourkey::jobs
