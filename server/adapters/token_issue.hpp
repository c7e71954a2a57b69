#pragma once

#include "auth/authenticator.hpp"
#include "json/reader.hpp"
#include "model/token.hpp"
#include "sealing/key_ring.hpp"
#include "store/database.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::server {

inline constexpr std::chrono::seconds default_token_life = std::chrono::days{90};
inline constexpr std::chrono::seconds longest_token_life = std::chrono::days{366};
inline constexpr std::chrono::seconds shortest_token_life{60};

struct token_wish {
    model::role role = model::role::app;
    std::optional<tenant_name> tenant;
    std::optional<app_name> app;
    std::chrono::seconds life = default_token_life;
};

/// role, tenant, app, expires_in_seconds. Checks that they fit each other: an operator's token has no tenant, an app's
/// has an app.
[[nodiscard]] result<token_wish> read_token_wish(json::object& fields, std::optional<tenant_name> tenant);
[[nodiscard]] result<> check_wish(const token_wish& wish);

struct issued_token {
    ulid id;
    secret text;  ///< shown once, never stored
    wall_time expires_at;
};

/// A fresh token and the row that stands for it; the row goes into the store with create_token once `tenant_id` is
/// known.
struct prepared_token {
    issued_token shown;
    model::token row;
};
[[nodiscard]] prepared_token prepare_token(const token_wish& wish, const auth::authenticator& with, wall_time now);

[[nodiscard]] failure no_such_tenant(const tenant_name& name);
/// Looks the tenant and app up and stores the row. not_found names which is missing.
[[nodiscard]] result<store::row_change<model::token>> store_token(store::transaction& tx, model::token& row);

[[nodiscard]] failure no_such_token();

/// Without a request: for the command line when no server runs, and for the newcomer's mode. Records it like the API
/// does.
[[nodiscard]] result<issued_token> issue_token_directly(store::database& into,
                                                        const std::shared_ptr<sealing::key_ring>& keys,
                                                        const token_wish& wish);
[[nodiscard]] result<> revoke_token_directly(store::database& in, const ulid& id);

}  // namespace hourkey::server
