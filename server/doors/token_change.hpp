#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/message.hpp"
#include "server/adapters/token_issue.hpp"
#include "server/doors/call.hpp"

namespace hourkey::server {

struct services;

/// What every door does that makes and revokes tokens. `what` says in whose name, and whose token it is.
[[nodiscard]] task<result<http::response>> issue_token(services& with, const call& what, token_wish wish);
[[nodiscard]] task<result<http::response>> revoke_token(services& with, const call& what, ulid id);

}  // namespace hourkey::server
