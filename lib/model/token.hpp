#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/role.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::model {

/// A bearer token as it is stored: never the token, only HMAC-SHA256(server's token key, token).
struct token {
    ulid id;
    model::role role = model::role::app;
    ulid tenant_id;                       ///< nil for an operator's
    std::optional<tenant_name> tenant;    ///< none for an operator's
    std::optional<app_name> app;          ///< only for role app
    std::optional<stage_name> stage;  ///< that its vends are recorded under, for good; none: it is pinned to none
    std::uint8_t key = 1;  ///< the id of the server key under which `mac` was made
    std::array<unsigned char, 32> mac{};
    wall_time created_at;
    wall_time expires_at;
    std::optional<wall_time> last_used_at;  ///< coarse: written at most every few minutes
    std::optional<wall_time> revoked_at;
};

}  // namespace hourkey::model
