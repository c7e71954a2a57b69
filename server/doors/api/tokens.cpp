#include "server/doors/api/handlers.hpp"
#include "server/doors/api/wire.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/token_wire.hpp"

namespace hourkey::server::api {
namespace {

void write_token(json::writer& w, const model::token& t) { wire::write(w, to_wire(t)); }

}  // namespace

task<result<http::response>> list_tokens(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) {
        return from.list_tokens(tenant, wanted);
    };
    co_return co_await list_answer(with, what, read, write_token);
}

task<result<http::response>> get_token(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    const auto look = [tenant = what.tenant_id, id](store::reader& from) { return from.find_tenant_token(tenant, id); };
    HK_CO_TRY(const auto found, co_await find(with, look));
    if (!found) co_return no_such("token");
    co_return shape_answer(200, to_wire(*found));
}

task<result<http::response>> create_token(services& with, call& what) {
    HK_CO_TRY(const auto request, read_token_request(what.http.body, what.tenant));
    HK_CO_TRY(auto issue, tenancy::issue_token(asker_of(what), request, with.authenticator));
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(issue.creation)));
    co_return issued_answer(std::move(issue.shown), request.role);
}

task<result<http::response>> revoke_token(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    auto wanted = tenancy::revoke_token(asker_of(what), id);
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(wanted)));
    co_return no_content();
}

}  // namespace hourkey::server::api
