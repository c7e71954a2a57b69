#include "crypto/random.hpp"
#include "json/reader.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/change.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server::api {
namespace {

void write_tenant(json::writer& w, const model::tenant& t) {
    w.begin_object()
        .string("name", t.name.str())
        .string("id", t.id.str())
        .string("created_at", to_rfc3339(t.created_at));
    w.integer("revision", static_cast<std::int64_t>(t.revision)).end_object();
}

}  // namespace

task<result<http::response>> list_tenants(services& with, call& what) {
    const auto read = [](store::reader& from, const store::page_request& wanted) { return from.list_tenants(wanted); };
    co_return co_await list_answer(with, what, read, write_tenant);
}

task<result<http::response>> create_tenant(services& with, call& what) {
    HK_CO_TRY(auto body, json::parse(what.http.body));
    auto fields = body.root();
    HK_CO_TRY(const auto text, fields.string("name"));
    HK_CO_TRY(auto name, tenant_name::parse(text));
    HK_CO_CHECK(fields.finish());

    const model::tenant wanted{.id = crypto::make_ulid(what.now), .name = name, .created_at = what.now, .revision = 1};
    what.tenant = name;
    what.tenant_id = wanted.id;
    change_note note{.action = model::audit_action::tenant_create,
                     .target = model::target_of(name),
                     .connection = {},
                     .app = {},
                     .role_arn = {},
                     .reason = {}};
    change_work<model::tenant> work = [wanted](store::transaction& tx, wall_time) { return tx.create_tenant(wanted); };
    HK_CO_TRY(const auto done, co_await change<model::tenant>(with, what, std::move(note), std::move(work)));
    json::writer w;
    write_tenant(w, *done.after);
    co_return json_answer(201, w, done.after->revision);
}

task<result<http::response>> get_tenant(services& with, call& what) {
    HK_CO_TRY(const auto found, co_await find_tenant(with, *what.tenant));
    if (!found) co_return no_such("tenant");
    json::writer w;
    write_tenant(w, *found);
    co_return json_answer(200, w, found->revision);
}

task<result<http::response>> delete_tenant(services& with, call& what) {
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    change_note note{.action = model::audit_action::tenant_delete,
                     .target = model::target_of(*what.tenant),
                     .connection = {},
                     .app = {},
                     .role_arn = {},
                     .reason = {}};
    change_work<model::tenant> work = [tenant = what.tenant_id, demanded](store::transaction& tx, wall_time) {
        return tx.delete_tenant(tenant, demanded);
    };
    HK_CO_CHECK(co_await change<model::tenant>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

}  // namespace hourkey::server::api
