#include "json/reader.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/change.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server::api {
namespace {

void write_app(json::writer& w, const model::app& a) {
    w.begin_object().string("name", a.name.str()).string("created_at", to_rfc3339(a.created_at));
    w.integer("revision", static_cast<std::int64_t>(a.revision)).end_object();
}

change_note note_of(model::audit_action action, const app_name& name) {
    return {.action = action,
            .target = model::target_of(name),
            .connection = {},
            .app = name.str(),
            .role_arn = {},
            .reason = {}};
}

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
    json::writer w;
    write_app(w, *found);
    co_return json_answer(200, w, found->revision);
}

task<result<http::response>> put_app(services& with, call& what) {
    HK_CO_TRY(const auto name, app_name::parse(what.parameters[0]));
    HK_CO_TRY(auto body, json::parse_object_or_empty(what.http.body));
    HK_CO_CHECK(body.root().finish());
    HK_CO_TRY(const auto demanded, read_precondition(what.http));

    const model::app wanted{.tenant_id = what.tenant_id, .name = name, .created_at = what.now, .revision = 1};
    change_work<model::app> work = [wanted, demanded](store::transaction& tx, wall_time) {
        return tx.put_app(wanted, demanded);
    };
    auto note = note_of(model::audit_action::app_put, name);
    HK_CO_TRY(const auto put, co_await change<model::app>(with, what, std::move(note), std::move(work)));
    json::writer w;
    write_app(w, *put.after);
    co_return json_answer(put.is_created() ? 201 : 200, w, put.after->revision);
}

task<result<http::response>> delete_app(services& with, call& what) {
    HK_CO_TRY(const auto name, app_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    change_work<model::app> work = [tenant = what.tenant_id, name, demanded](store::transaction& tx, wall_time now) {
        return tx.delete_app(tenant, name, now, demanded);
    };
    auto note = note_of(model::audit_action::app_delete, name);
    HK_CO_CHECK(co_await change<model::app>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

}  // namespace hourkey::server::api
