#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::model {

/// One line of a connection's allow-list. Without an app it means any app of the tenant (`*` in the API).
struct grant {
    ulid tenant_id;
    connection_name connection;
    std::optional<app_name> app;
    std::optional<std::chrono::seconds> max_duration;  ///< none: vending.default_duration_seconds
    std::optional<wall_time> expires_at;
    std::string reason;  ///< why it was given; at most 256 characters
    wall_time created_at;
    std::uint64_t revision = 1;
};

}  // namespace hourkey::model
