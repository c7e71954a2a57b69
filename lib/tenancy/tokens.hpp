#pragma once

#include "auth/authenticator.hpp"
#include "core/secret.hpp"
#include "tenancy/change.hpp"

#include <chrono>
#include <optional>

namespace hourkey::tenancy {

inline constexpr std::chrono::seconds default_token_life = std::chrono::days{90};
inline constexpr std::chrono::seconds longest_token_life = std::chrono::days{366};
inline constexpr std::chrono::seconds shortest_token_life{60};

struct token_request {
    model::role role = model::role::app;
    std::optional<tenant_name> tenant;
    std::optional<app_name> app;
    std::optional<stage_name> stage{};
    std::chrono::seconds life = default_token_life;
};

/// What an error calls the parts of a request: as the API has them, or whoever asks.
struct token_request_words {
    std::string_view tenant = "tenant", app = "app", stage = "stage", life = "expires_in_seconds";
};

/// Whether it fits together: an operator's token has no tenant, an app's has an app, and only an
/// app's a stage.
[[nodiscard]] result<> check(const token_request& wanted, const token_request_words& words = {});

struct issued_token {
    ulid id;
    secret text;  ///< shown once, never stored
    wall_time expires_at;
};

/// A fresh token, good once the change is made.
struct token_issue {
    issued_token shown;
    change<model::token> creation;
};
/// invalid_request, or role_not_allowed: only at the server's machine are operators' tokens made. The change fails with
/// not_found when tenant or app are missing.
[[nodiscard]] result<token_issue> issue_token(asker by, const token_request& wanted, const auth::authenticator& with);

/// At the server's machine, without a reactor.
[[nodiscard]] result<issued_token> issue_token_now(store::database& in, const auth::authenticator& with,
                                                   const token_request& wanted, wall_time now);

/// One of the asker's tenant. At the server's machine any one, whose tenant need not be known.
[[nodiscard]] change<model::token> revoke_token(asker by, const ulid& id);

}  // namespace hourkey::tenancy
