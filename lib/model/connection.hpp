#pragma once

#include "aws/account_id.hpp"
#include "aws/arn.hpp"
#include "aws/external_id.hpp"
#include "aws/region.hpp"
#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::model {

/// role: a role of the account, assumed with our external id. static_key: a stored source key.
enum class connection_kind : std::uint8_t { role, static_key };

/// draft: it has no role yet. pending: not yet verified. active: verified. degraded: it was verified; the last look at
/// it proved nothing, or an optional capability is gone. broken: AWS refused the right external id at the last
/// verification. insecure_trust: the role can be assumed with a wrong or no external id. disabled: by an admin.
enum class connection_state : std::uint8_t { draft, pending, active, degraded, broken, insecure_trust, disabled };

[[nodiscard]] std::string_view to_text(connection_kind k) noexcept;
[[nodiscard]] std::optional<connection_kind> parse_connection_kind(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_text(connection_state s) noexcept;
[[nodiscard]] std::optional<connection_state> parse_connection_state(std::string_view text) noexcept;
/// Only active and degraded ones do.
[[nodiscard]] bool may_vend(connection_state s) noexcept;

/// What a role's trust policy lets hourkey do besides; found by a verification.
struct connection_capabilities {
    bool source_identity = false;  ///< sts:SetSourceIdentity
    bool session_tags = false;     ///< sts:TagSession

    /// Words with blanks between them, in this order; empty: none.
    [[nodiscard]] std::string str() const;
    [[nodiscard]] static std::optional<connection_capabilities> parse(std::string_view text) noexcept;
    friend bool operator==(const connection_capabilities&, const connection_capabilities&) = default;
};

/// How far one session of a connection may serve several requests. none: each has its own. job: those of one token and
/// stage. app: those of an app. connection: all that may use it. The numbers stand in stored rows and never change.
enum class session_sharing : std::uint8_t { none = 1, job, app, connection };

[[nodiscard]] std::string_view to_text(session_sharing s) noexcept;
[[nodiscard]] std::optional<session_sharing> parse_session_sharing(std::string_view text) noexcept;
[[nodiscard]] std::optional<session_sharing> session_sharing_of(std::int64_t number) noexcept;

/// A named link to an AWS account: a role and the external id that only hourkey makes.
struct connection {
    ulid tenant_id;
    connection_name name;
    connection_kind kind = connection_kind::role;
    connection_state state = connection_state::pending;
    std::optional<aws::role_arn> role_arn;      ///< none yet: it is a draft
    std::optional<aws::account_id> account_id;  ///< of the role; none: not known yet
    std::optional<aws::region> region;          ///< where STS is called; none: the server's
    aws::external_id external_id;               ///< unique for ever
    connection_capabilities capabilities{};
    wall_time created_at;
    std::optional<wall_time> verified_at;      ///< when it was last found active
    std::optional<wall_time>
        last_checked_at{};  ///< when it was last looked at, whatever came of it: no part of a revision
    std::optional<aws::region> default_region{};  ///< for clients, which it concerns alone
    session_sharing sharing = session_sharing::none;
    std::uint64_t revision = 1;
};

/// Which connection, over all tenants.
struct connection_place {
    ulid tenant_id;
    tenant_name tenant;
    connection_name name;
};

/// How long a change in IAM may take until all of STS's servers know it: seconds as a rule, a minute at times.
inline constexpr std::chrono::minutes trust_settles{2};
/// Whether a refusal by AWS is to be believed at once: the connection was neither made nor found active within that
/// time.
[[nodiscard]] bool has_settled(const connection& c, wall_time now) noexcept;

}  // namespace hourkey::model
