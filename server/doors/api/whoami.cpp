#include "server/doors/api/handlers.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/services.hpp"

namespace hourkey::server::api {

task<result<http::response>> whoami(services& with, call& what) {
    HK_CO_TRY(const auto token, co_await find_token(with, what.caller.token_id));
    json::writer w;
    w.begin_object().string("role", to_text(what.caller.role)).string("token_id", what.caller.token_id.str());
    if (what.caller.tenant) w.string("tenant", what.caller.tenant->str());
    if (what.caller.app) w.string("app", what.caller.app->str());
    if (token) w.string("expires_at", to_rfc3339(token->expires_at));
    w.end_object();
    co_return json_answer(200, w);
}

}  // namespace hourkey::server::api
