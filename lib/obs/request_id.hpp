#pragma once

#include "core/ulid.hpp"

namespace hourkey::obs {

/// The id of one request: sortable by its millisecond, otherwise random, so that it tells nothing of other requests. No
/// lock, and a system call for 25 of them.
[[nodiscard]] ulid next_request_id(wall_time now);

}  // namespace hourkey::obs
