#pragma once

#include "core/ulid.hpp"

namespace hourkey::obs {

/// The id of one request: unique, sortable by time, not secret. No system call and no lock, except for the first of each thread.
[[nodiscard]] ulid next_request_id(wall_time now);

}  // namespace hourkey::obs
