#pragma once

#include "core/clock.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>

namespace hourkey::aws {

/// An AWS access key. Move-only, as its secrets are; copy with clone() where two owners are meant.
struct credentials {
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;                 ///< empty for an IAM user's long-lived key
    std::optional<wall_time> expiration;  ///< none for a long-lived key

    [[nodiscard]] credentials clone() const {
        return {access_key_id, secret_access_key.clone(), session_token.clone(), expiration};
    }
    [[nodiscard]] bool is_temporary() const noexcept { return !session_token.empty(); }
};

}  // namespace hourkey::aws
