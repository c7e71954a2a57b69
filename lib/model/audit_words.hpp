#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hourkey::model {

// The words of the audit. Their numbers stand in stored records and never change; new ones follow at the end, with
// their rows in a migration (tables audit_actions, audit_outcomes, audit_actors).

/// What was done, or asked for.
enum class audit_action : std::uint8_t {
    vend = 1,
    tenant_create,
    tenant_delete,
    app_put,
    app_delete,
    connection_put,
    connection_delete,
    connection_verify,
    connection_probe,  ///< one session that a verification made, or tried to make, besides its first
    grant_put,
    grant_delete,
    token_create,
    token_revoke,
    store_restore,
    key_rotate,
    key_retire,
};

/// granted, denied, error: a vend's end. changed: an administrative change. reissued: what was granted before was
/// handed out once more. shared: several requests got one session. undelivered: a session was granted and came too late
/// for whoever asked.
enum class audit_outcome : std::uint8_t { granted = 1, denied, error, changed, reissued, shared, undelivered };

/// Whose doing it was. server: hourkey's own. machine: somebody at a command of the server's machine. The others are
/// the kinds of principals (model/principal.hpp).
enum class audit_actor : std::uint8_t { server = 1, machine, token, oidc_session, certificate, platform };

[[nodiscard]] std::string_view to_text(audit_action a) noexcept;
[[nodiscard]] std::string_view to_text(audit_outcome o) noexcept;
[[nodiscard]] std::string_view to_text(audit_actor a) noexcept;

/// By its number, as it is stored.
[[nodiscard]] std::optional<audit_action> audit_action_of(std::int64_t number) noexcept;
[[nodiscard]] std::optional<audit_outcome> audit_outcome_of(std::int64_t number) noexcept;
[[nodiscard]] std::optional<audit_actor> audit_actor_of(std::int64_t number) noexcept;

}  // namespace hourkey::model
