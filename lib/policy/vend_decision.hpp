#pragma once

#include "aws/session_limits.hpp"
#include "core/clock.hpp"
#include "core/failure.hpp"
#include "model/principal.hpp"
#include "model/vend_facts.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::policy {

/// What the caller asked for; nothing when it did not say.
struct vend_limits {
    std::optional<std::chrono::seconds> duration;
    std::optional<std::chrono::seconds> min_ttl;
    /// Some protocols ask for what they would like: what the grant does not allow is cut.
    enum class too_long : std::uint8_t { refused, cut } beyond_grant = too_long::refused;
    /// The role that the caller believes in: it chooses none, but may not be given another.
    std::optional<std::string> role_arn{};
};

/// What the server adds.
struct vend_terms {
    /// Also the most that a grant without a maximum of its own allows.
    std::chrono::seconds default_duration = aws::default_session;
};

/// All that the credentials will be; AWS may make them shorter (sts/operations.hpp).
struct vend_approval {
    std::chrono::seconds duration{};
    aws::role_arn role_arn;
    aws::external_id external_id;
    std::optional<aws::region> region;  ///< none: the server's

    /// Made again later, does it still allow what the first one did? A longer time than before does, any other
    /// difference does not.
    [[nodiscard]] bool covers(const vend_approval& first) const;
    friend bool operator==(const vend_approval&, const vend_approval&) = default;
};

/// duration_out_of_range or min_ttl_unmet for limits that no connection could meet; needs no facts, so it tells
/// nothing.
[[nodiscard]] result<> check(const vend_limits& wanted);

/// May this caller use this connection now, and for how long? Default deny.
/// role_not_allowed: the token is not an app's. app_not_allowed: no live grant, or no such connection - deliberately
/// the same answer. Hints hold {tenant}, {connection} and {app} for whoever knows what was asked. connection_not_ready:
/// allowed, but not active. duration_out_of_range, min_ttl_unmet: as the grant limits it. invalid_request: the role is
/// not the one that the caller names.
[[nodiscard]] result<vend_approval> decide(const model::principal& who, const vend_limits& wanted,
                                           const model::vend_facts& facts, const vend_terms& terms, wall_time now);

}  // namespace hourkey::policy
