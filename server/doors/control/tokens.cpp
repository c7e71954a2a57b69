#include "json/reader.hpp"
#include "server/doors/control/handlers.hpp"
#include "server/doors/find.hpp"
#include "server/doors/token_change.hpp"
#include "server/services.hpp"

namespace hourkey::server::control {

task<result<http::response>> create_token(services& with, call& what) {
    HK_CO_TRY(auto body, json::parse(what.http.body));
    auto fields = body.root();
    HK_CO_TRY(const auto tenant, fields.optional_string("tenant"));
    if (tenant) {
        HK_CO_TRY(what.tenant, tenant_name::parse(*tenant));
        HK_CO_TRY(const auto found, co_await find_tenant(with, *what.tenant));
        if (!found) co_return no_such_tenant(*what.tenant);
        what.tenant_id = found->id;
    }
    HK_CO_TRY(auto wish, read_token_wish(fields, what.tenant));
    HK_CO_CHECK(fields.finish());
    HK_CO_CHECK(check_wish(wish));
    co_return co_await issue_token(with, what, std::move(wish));
}

task<result<http::response>> revoke_token(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, co_await find_token(with, id));
    if (!found) co_return no_such_token();
    what.tenant = found->tenant;  // whose record it becomes
    what.tenant_id = found->tenant_id;
    co_return co_await server::revoke_token(with, what, id);
}

}  // namespace hourkey::server::control
