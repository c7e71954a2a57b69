#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::model {

/// pending: not yet verified. active: the only state that vends. broken: AWS refused the right external id at the last
/// verification. insecure_trust: the role can be assumed with a wrong or no external id.
enum class connection_state { pending, active, broken, insecure_trust };

[[nodiscard]] std::string_view to_text(connection_state s) noexcept;
[[nodiscard]] std::optional<connection_state> parse_connection_state(std::string_view text) noexcept;

/// A named link to an AWS account: a role and the external id that only hourkey makes.
struct connection {
    ulid tenant_id;
    connection_name name;
    connection_state state = connection_state::pending;
    std::string role_arn;    ///< has passed aws::role_arn::parse
    std::string account_id;  ///< 12 digits, from the ARN
    std::string region;      ///< where STS is called; empty: the server's region
    std::string external_id; ///< made by the server, unique for ever
    wall_time created_at;
    std::optional<wall_time> verified_at;  ///< when it was last found active
    std::uint64_t revision = 1;
};

/// How long a change in IAM may take until all of STS's servers know it: seconds as a rule, a minute at times.
inline constexpr std::chrono::minutes trust_settles{2};
/// Whether a refusal by AWS is to be believed at once: the connection was neither made nor found active within that
/// time.
[[nodiscard]] bool has_settled(const connection& c, wall_time now) noexcept;

}  // namespace hourkey::model
