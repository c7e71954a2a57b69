#include "server/doors/control/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/token_wire.hpp"
#include "server/services.hpp"

namespace hourkey::server::control {
task<result<http::response>> create_token(services& with, call& what) {
    HK_CO_TRY(const auto request, read_local_token_request(what.http.body));
    what.tenant = request.tenant;  // for the log
    HK_CO_TRY(auto issue, tenancy::issue_token(asker_of(what), request, with.authenticator));
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(issue.creation)));
    co_return issued_answer(std::move(issue.shown), request.role);
}

task<result<http::response>> revoke_token(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    auto wanted = tenancy::revoke_token(asker_of(what), id);
    HK_CO_TRY(const auto done, co_await tenancy::make(with.database, std::move(wanted)));
    what.tenant = done.after->tenant;  // for the log
    co_return no_content();
}

}  // namespace hourkey::server::control
