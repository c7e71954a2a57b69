#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/job.hpp"
#include "tenancy/asker.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace hourkey::linking {

/// Whose connection a job is about.
struct linked {
    ulid tenant_id;
    tenant_name tenant;
    connection_name connection;
};

/// When a verification that somebody has asked for is made again, unless its verdict is stored by then: later than
/// anybody waits for one.
inline constexpr std::chrono::minutes verdict_is_late{2};

/// Of the asker's tenant, under the id of their request.
[[nodiscard]] model::job unfinished_verification(const tenancy::asker& by, const connection_name& of, wall_time now);
/// The next look at a connection in use.
[[nodiscard]] model::job recheck(const tenancy::asker& by, const connection_name& of, wall_time now, wall_time due);
/// None for a job of another shape.
[[nodiscard]] std::optional<linked> subject_of(const model::job& j);

/// Three quarters of `every` to all of it from `now`, by `random`, so that what was linked together is not looked at
/// together. None: no connection is looked at unasked.
[[nodiscard]] std::optional<wall_time> next_recheck(wall_time now, std::chrono::seconds every, std::uint64_t random);
/// The first one of a connection that has no such job yet: all of `every` is as likely.
[[nodiscard]] wall_time first_recheck(wall_time now, std::chrono::seconds every, std::uint64_t random);

}  // namespace hourkey::linking
