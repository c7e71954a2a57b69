#pragma once

#include "core/clock.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/audit_words.hpp"
#include "model/role.hpp"

#include <optional>

namespace hourkey::model {

struct token;

/// A record's actor is a principal: their kinds are the same.
using principal_kind = audit_actor;

/// Who is asking, once found good. auth/still_good.hpp says, by the kind, how that is found out once more. One of which
/// nothing is said is a token that nobody has.
struct principal {
    principal_kind kind = principal_kind::token;
    ulid id{};  ///< the token's; nil for the server and its machine
    model::role role = model::role::app;
    ulid tenant_id{};  ///< nil for an operator
    std::optional<tenant_name> tenant{};  ///< none for an operator
    std::optional<app_name> app{};  ///< only of role app
    std::optional<stage_name> stage{};  ///< that it is pinned to
    wall_time until = wall_time::max();  ///< when what it was found good by ends
};

[[nodiscard]] principal principal_of(const token& t);

}  // namespace hourkey::model
