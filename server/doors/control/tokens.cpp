#include "server/doors/control/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/token_wire.hpp"
#include "server/services.hpp"

namespace hourkey::server::control {
namespace {

result<tenancy::token_request> read_request(std::string_view text) {
    HK_TRY(const auto body, json::parse(text));
    auto fields = body.root();
    HK_TRY(const auto given, fields.optional_string("tenant"));
    std::optional<tenant_name> tenant;
    if (given) {
        HK_TRY(tenant, tenant_name::parse(*given));
    }
    return read_token_request(fields, std::move(tenant));
}

}  // namespace

task<result<http::response>> create_token(services& with, call& what) {
    HK_CO_TRY(const auto request, read_request(what.http.body));
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
