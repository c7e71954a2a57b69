#include "tenancy/tenants.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/api/wire.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

void write_tenant(json::writer& w, const model::tenant& t) { wire::write(w, to_wire(t)); }

}  // namespace

task<result<http::response>> list_tenants(services& with, call& what) {
    const auto read = [](store::reader& from, const store::page_request& wanted) { return from.list_tenants(wanted); };
    co_return co_await list_answer(with, what, read, write_tenant);
}

task<result<http::response>> create_tenant(services& with, call& what) {
    HK_CO_TRY(const auto request, wire::read<wire::tenant_request>(what.http.body));
    HK_CO_TRY(auto name, tenant_name::parse(request.name));
    auto wanted = tenancy::create_tenant(asker_of(what), name);
    what.tenant = std::move(name);
    HK_CO_TRY(const auto done, co_await tenancy::make(with.database, std::move(wanted)));
    co_return shape_answer(201, to_wire(*done.after));
}

task<result<http::response>> get_tenant(services& with, call& what) {
    HK_CO_TRY(const auto found, co_await find_tenant(with, *what.tenant));
    if (!found) co_return no_such("tenant");
    co_return shape_answer(200, to_wire(*found));
}

task<result<http::response>> delete_tenant(services& with, call& what) {
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto wanted = tenancy::delete_tenant(asker_of(what), demanded);
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(wanted)));
    co_return no_content();
}

}  // namespace hourkey::server::api
