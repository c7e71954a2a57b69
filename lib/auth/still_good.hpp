#pragma once

#include "auth/authenticator.hpp"
#include "core/clock.hpp"
#include "core/failure.hpp"
#include "model/principal.hpp"
#include "model/token.hpp"

#include <concepts>
#include <optional>

namespace hourkey::auth {

/// What a transaction can be asked about principals: a function for each kind that the store has rows of.
template <class T>
concept principal_rows = requires(T& from, const ulid& id) {
    { from.find_token(id) } -> std::same_as<result<std::optional<model::token>>>;
};

/// Is whoever was found good still so, as the transaction sees it that writes what was asked? unauthenticated if not,
/// with the cause; fails as the rows do. The one place that knows for each kind how to look again.
template <principal_rows Rows>
[[nodiscard]] result<> still_good(const model::principal& who, Rows& rows, wall_time now) {
    using enum model::principal_kind;
    switch (who.kind) {
        case server:
        case machine: return {};  // nobody gave them anything that could be taken away
        case token: {
            HK_TRY(const auto found, rows.find_token(who.id));
            if (!found) return failure(errc::unauthenticated, {}, "Use a valid token.", "the token is gone");
            return check_token(*found, now);
        }
        case oidc_session:
        case certificate:
        case platform: break;  // nobody is let in as one yet
    }
    return failure(errc::unauthenticated, {}, {}, "nobody is let in as " + std::string(to_text(who.kind)));
}

}  // namespace hourkey::auth
