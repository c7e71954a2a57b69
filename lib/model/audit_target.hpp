#pragma once

#include "core/name.hpp"
#include "core/ulid.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::model {

/// How a record's `target` names what was changed, within its tenant.
[[nodiscard]] inline std::string target_of(const tenant_name& tenant) { return "tenants/" + tenant.str(); }
[[nodiscard]] inline std::string target_of(const app_name& app) { return "apps/" + app.str(); }
[[nodiscard]] inline std::string target_of(const connection_name& connection) { return "connections/" + connection.str(); }
[[nodiscard]] inline std::string target_of(const connection_name& connection, const std::optional<app_name>& app) {
    return target_of(connection) + "/grants/" + (app ? app->str() : "*");
}
[[nodiscard]] inline std::string target_of_token(const ulid& token) { return "tokens/" + token.str(); }

}  // namespace hourkey::model
