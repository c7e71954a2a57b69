#include "server/api/handlers.hpp"
#include "server/json_answer.hpp"
#include "server/services.hpp"

namespace hourkey::server::api {

task<result<http::response>> livez(services&, call&) {
    json::writer w;
    w.begin_object().string("status", "alive").end_object();
    co_return json_answer(200, w);
}

task<result<http::response>> readyz(services& with, call&) {
    const auto state = with.check_readiness();
    json::writer w;
    w.begin_object().string("status", state.is_ready() ? "ready" : "not_ready").key("checks").begin_object();
    w.boolean("store_writable", state.store_writable).boolean("audit_writable", state.audit_writable);
    w.boolean("base_credentials_valid", state.base_credentials_valid).end_object();
    w.end_object();
    co_return json_answer(state.is_ready() ? 200 : 503, w);
}

task<result<http::response>> metrics(services& with, call&) {
    http::response answer;
    answer.content_type = obs::metrics::content_type;
    answer.body = with.metrics.expose();
    co_return answer;
}

}  // namespace hourkey::server::api
