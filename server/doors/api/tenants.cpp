#include "tenancy/tenants.hpp"
#include "json/reader.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

void write_tenant(json::writer& w, const model::tenant& t) {
    w.begin_object()
        .string("name", t.name.str())
        .string("id", t.id.str())
        .string("created_at", to_rfc3339(t.created_at));
    w.integer("revision", static_cast<std::int64_t>(t.revision)).end_object();
}

http::response tenant_answer(int status, const model::tenant& t) {
    json::writer w;
    write_tenant(w, t);
    return json_answer(status, w, t.revision);
}

result<tenant_name> read_name(std::string_view text) {
    HK_TRY(const auto body, json::parse(text));
    auto fields = body.root();
    HK_TRY(const auto given, fields.string("name"));
    HK_TRY(auto name, tenant_name::parse(given));
    HK_CHECK(fields.finish());
    return name;
}

}  // namespace

task<result<http::response>> list_tenants(services& with, call& what) {
    const auto read = [](store::reader& from, const store::page_request& wanted) { return from.list_tenants(wanted); };
    co_return co_await list_answer(with, what, read, write_tenant);
}

task<result<http::response>> create_tenant(services& with, call& what) {
    HK_CO_TRY(auto name, read_name(what.http.body));
    auto wanted = tenancy::create_tenant(asker_of(what), name);
    what.tenant = std::move(name);
    HK_CO_TRY(const auto done, co_await tenancy::make(with.database, std::move(wanted)));
    co_return tenant_answer(201, *done.after);
}

task<result<http::response>> get_tenant(services& with, call& what) {
    HK_CO_TRY(const auto found, co_await find_tenant(with, *what.tenant));
    if (!found) co_return no_such("tenant");
    co_return tenant_answer(200, *found);
}

task<result<http::response>> delete_tenant(services& with, call& what) {
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto wanted = tenancy::delete_tenant(asker_of(what), demanded);
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(wanted)));
    co_return no_content();
}

}  // namespace hourkey::server::api
