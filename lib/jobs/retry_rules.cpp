#include "jobs/retry_rules.hpp"

#include <algorithm>

namespace hourkey::jobs {

wall_time next_try(std::uint32_t attempts, wall_time now, std::uint64_t random) noexcept {
    constexpr std::uint32_t most_doublings = 9;  // beyond an hour
    const auto doublings = std::min(attempts == 0 ? 0U : attempts - 1, most_doublings);
    const auto pause = std::min<std::chrono::nanoseconds>(first_pause * (1U << doublings), longest_pause);
    const auto half = static_cast<std::uint64_t>(pause.count()) / 2;
    return now + pause - std::chrono::nanoseconds(random % (half + 1));
}

}  // namespace hourkey::jobs
