#include "api/whoami.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/services.hpp"

namespace hourkey::server::api {

task<result<http::response>> whoami(services& with, call& what) {
    HK_CO_TRY(const auto token, co_await find_token(with, what.caller.id));
    hourkey::api::whoami known;
    known.role = to_text(what.caller.role);
    known.token_id = what.caller.id.str();
    if (what.caller.tenant) known.tenant = what.caller.tenant->str();
    if (what.caller.app) known.app = what.caller.app->str();
    if (what.caller.stage) known.stage = what.caller.stage->str();
    if (token) known.expires_at = token->expires_at;
    co_return shape_answer(200, known);
}

}  // namespace hourkey::server::api
