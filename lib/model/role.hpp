#pragma once

#include <optional>
#include <string_view>

namespace hourkey::model {

/// What a token may do: operator runs the server (tenants and their first tokens), admin a tenant, app fetches
/// credentials for one app, auditor reads one tenant.
enum class role { operator_, admin, app, auditor };

[[nodiscard]] std::string_view to_text(role r) noexcept;
[[nodiscard]] std::optional<role> parse_role(std::string_view text) noexcept;

}  // namespace hourkey::model
