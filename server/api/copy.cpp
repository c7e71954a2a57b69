#include "server/api/handlers.hpp"
#include "server/json_answer.hpp"
#include "server/running_copy.hpp"

namespace hourkey::server::api {
namespace {

http::response copying(int status) {
    json::writer w;
    w.begin_object().string("state", "copying").end_object();
    return json_answer(status, w);
}

}  // namespace

task<result<http::response>> begin_copy(services& with, call&) {
    HK_CO_CHECK(with.copy.begin(with.clock.steady_now()));
    co_return copying(202);
}

task<result<http::response>> look_at_copy(services& with, call&) {
    HK_CO_TRY(const auto now, with.copy.look(with.clock.steady_now()));
    if (now.state == running_copy::state::copying) co_return copying(200);
    json::writer w;
    w.begin_object().string("state", "ready").string("file", now.file).end_object();
    co_return json_answer(200, w);
}

task<result<http::response>> drop_copy(services& with, call&) {
    with.copy.drop();
    co_return no_content();
}

}  // namespace hourkey::server::api
