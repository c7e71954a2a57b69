#include "tenancy/apps.hpp"
#include "api/nothing.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/api/wire.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

void write_app(json::writer& w, const model::app& a) { wire::write(w, to_wire(a)); }

}  // namespace

task<result<http::response>> list_apps(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) {
        return from.list_apps(tenant, wanted);
    };
    co_return co_await list_answer(with, what, read, write_app);
}

task<result<http::response>> get_app(services& with, call& what) {
    HK_CO_TRY(const auto name, app_name::parse(what.parameters[0]));
    const auto look = [tenant = what.tenant_id, name](store::reader& from) { return from.find_app(tenant, name); };
    HK_CO_TRY(const auto found, co_await find(with, look));
    if (!found) co_return no_such("app");
    co_return shape_answer(200, to_wire(*found));
}

task<result<http::response>> put_app(services& with, call& what) {
    HK_CO_TRY(const auto name, app_name::parse(what.parameters[0]));
    HK_CO_CHECK(wire::read<wire::nothing>(what.http.body));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto wanted = tenancy::put_app(asker_of(what), name, demanded);
    HK_CO_TRY(const auto put, co_await tenancy::make(with.database, std::move(wanted)));
    co_return shape_answer(put.is_created() ? 201 : 200, to_wire(*put.after));
}

task<result<http::response>> delete_app(services& with, call& what) {
    HK_CO_TRY(const auto name, app_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto wanted = tenancy::delete_app(asker_of(what), name, demanded);
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(wanted)));
    co_return no_content();
}

}  // namespace hourkey::server::api
