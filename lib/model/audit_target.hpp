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
[[nodiscard]] inline std::string target_of(const connection_name& connection) {
    return "connections/" + connection.str();
}
[[nodiscard]] inline std::string target_of(const connection_name& connection, const std::optional<app_name>& app) {
    return target_of(connection) + "/grants/" + (app ? app->str() : "*");
}
[[nodiscard]] inline std::string target_of_token(const ulid& token) { return "tokens/" + token.str(); }

/// The tables of the state, in the order in which they are walked.
enum class state_table { tenants, apps, connections, grants, tokens };
inline constexpr std::size_t state_tables = 5;

/// A thing of the state; keys of one table compare as the store's primary keys do, byte by byte.
struct state_key {
    state_table table = state_table::tenants;
    std::string bytes;
};

/// What a record's tenant and target name; none when it is no thing of the state.
[[nodiscard]] std::optional<state_key> key_of(const ulid& tenant, std::string_view target);
/// The first key that a thing of this tenant, or of this connection of it, can have.
[[nodiscard]] std::string first_key_of(const ulid& tenant);
[[nodiscard]] std::string first_key_of(const ulid& tenant, std::string_view connection);

}  // namespace hourkey::model
