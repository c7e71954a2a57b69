#include "tenancy/grants.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/api/wire.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

constexpr std::string_view any_app = "*";

void write_grant(json::writer& w, const model::grant& g) { wire::write(w, to_wire(g)); }

result<tenancy::grant_key> read_key(const call& what) {
    HK_TRY(auto connection, connection_name::parse(what.parameters[0]));
    if (what.parameters[1] == any_app) return tenancy::grant_key{std::move(connection), std::nullopt};
    HK_TRY(auto app, app_name::parse(what.parameters[1]));
    return tenancy::grant_key{std::move(connection), std::move(app)};
}

result<tenancy::grant_request> read_grant(std::string_view text, tenancy::grant_key key) {
    HK_TRY(auto request, wire::read<wire::grant_request>(text));
    return tenancy::grant_request{.key = std::move(key),
                                  .max_duration = request.max_duration,
                                  .expires_at = request.expires_at,
                                  .reason = std::move(request.reason).value_or("")};
}

}  // namespace

task<result<http::response>> list_grants(services& with, call& what) {
    HK_CO_TRY(const auto connection, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, co_await find_connection(with, what.tenant_id, connection));
    if (!found) co_return no_such("connection");
    const auto read = [tenant = what.tenant_id, connection](store::reader& from, const store::page_request& wanted) {
        return from.list_grants(tenant, connection, wanted);
    };
    co_return co_await list_answer(with, what, read, write_grant);
}

task<result<http::response>> get_grant(services& with, call& what) {
    HK_CO_TRY(const auto key, read_key(what));
    const auto look = [tenant = what.tenant_id, key](store::reader& from) {
        return from.find_grant(tenant, key.connection, key.app);
    };
    HK_CO_TRY(const auto found, co_await find(with, look));
    if (!found) co_return no_such("grant");
    co_return shape_answer(200, to_wire(*found));
}

task<result<http::response>> put_grant(services& with, call& what) {
    HK_CO_TRY(auto key, read_key(what));
    HK_CO_TRY(auto request, read_grant(what.http.body, std::move(key)));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    HK_CO_TRY(auto wanted, tenancy::put_grant(asker_of(what), std::move(request), demanded));
    HK_CO_TRY(const auto put, co_await tenancy::make(with.database, std::move(wanted)));
    co_return shape_answer(put.is_created() ? 201 : 200, to_wire(*put.after));
}

task<result<http::response>> delete_grant(services& with, call& what) {
    HK_CO_TRY(const auto key, read_key(what));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto wanted = tenancy::delete_grant(asker_of(what), key, demanded);
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(wanted)));
    co_return no_content();
}

}  // namespace hourkey::server::api
