#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "json/reader.hpp"
#include "policy/vend_decision.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/change.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server::api {
namespace {

constexpr std::string_view any_app = "*";
constexpr std::size_t longest_reason = 256;

std::string_view app_text(const std::optional<app_name>& app) { return app ? std::string_view(app->str()) : any_app; }

void write_grant(json::writer& w, const model::grant& g) {
    w.begin_object().string("app", app_text(g.app)).string("connection", g.connection.str());
    if (g.max_duration) w.integer("max_duration_seconds", g.max_duration->count());
    write_time(w, "expires_at", g.expires_at);
    if (!g.reason.empty()) w.string("reason", g.reason);
    w.string("created_at", to_rfc3339(g.created_at))
        .integer("revision", static_cast<std::int64_t>(g.revision))
        .end_object();
}

struct grant_key {
    connection_name connection;
    std::optional<app_name> app;
};

result<grant_key> read_key(const call& what) {
    HK_TRY(auto connection, connection_name::parse(what.parameters[0]));
    if (what.parameters[1] == any_app) return grant_key{std::move(connection), std::nullopt};
    HK_TRY(auto app, app_name::parse(what.parameters[1]));
    return grant_key{std::move(connection), std::move(app)};
}

change_note note_of(model::audit_action action, const grant_key& key) {
    const std::string app(app_text(key.app));
    return {.action = action,
            .target = model::target_of(key.connection, key.app),
            .connection = key.connection.str(),
            .app = app,
            .role_arn = {},
            .reason = {}};
}

/// Of a grant's two ends: which is missing, and how it is made.
result<> check_both_exist(store::transaction& tx, const model::grant& g) {
    HK_TRY(const auto connection, tx.find_connection(g.tenant_id, g.connection));
    if (!connection)
        return failure(errc::not_found, "There is no connection '" + g.connection.str() + "'.",
                       "Make it first: PUT /v1/tenants/{tenant}/connections/{connection}");
    if (!g.app) return {};
    HK_TRY(const auto app, tx.find_app(g.tenant_id, *g.app));
    if (!app)
        return failure(errc::not_found, "There is no app '" + g.app->str() + "'.",
                       "Make it first: PUT /v1/tenants/{tenant}/apps/{app}");
    return {};
}

result<model::grant> read_grant(const call& what, const grant_key& key) {
    HK_TRY(auto body, json::parse_object_or_empty(what.http.body));
    auto fields = body.root();
    HK_TRY(const auto max, fields.optional_integer("max_duration_seconds", policy::shortest_session.count(),
                                                   policy::longest_session.count()));
    HK_TRY(const auto expires, fields.optional_string("expires_at"));
    HK_TRY(const auto reason, fields.optional_string("reason"));
    HK_CHECK(fields.finish());

    model::grant g{.tenant_id = what.tenant_id,
                   .connection = key.connection,
                   .app = key.app,
                   .max_duration = {},
                   .expires_at = {},
                   .reason = std::string(reason.value_or("")),
                   .created_at = what.now,
                   .revision = 1};
    if (max) g.max_duration = std::chrono::seconds(*max);
    if (expires) {
        const auto t = parse_rfc3339(*expires);
        if (!t) return invalid_field("expires_at", "is not an RFC 3339 time", "Write it as 2026-11-22T02:59:40Z.");
        if (*t <= what.now) return invalid_field("expires_at", "is in the past", "Give a later time, or leave it out.");
        g.expires_at = *t;
    }
    if (g.reason.size() > longest_reason) return invalid_field("reason", "is longer than 256 bytes", "Shorten it.");
    return g;
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
    json::writer w;
    write_grant(w, *found);
    co_return json_answer(200, w, found->revision);
}

task<result<http::response>> put_grant(services& with, call& what) {
    HK_CO_TRY(const auto key, read_key(what));
    HK_CO_TRY(const auto wanted, read_grant(what, key));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    change_work<model::grant> work = [wanted, demanded](store::transaction& tx,
                                                        wall_time) -> result<store::row_change<model::grant>> {
        HK_CHECK(check_both_exist(tx, wanted));
        return tx.put_grant(wanted, demanded);
    };
    auto note = note_of(model::audit_action::grant_put, key);
    HK_CO_TRY(const auto put, co_await change<model::grant>(with, what, std::move(note), std::move(work)));
    json::writer w;
    write_grant(w, *put.after);
    co_return json_answer(put.is_created() ? 201 : 200, w, put.after->revision);
}

task<result<http::response>> delete_grant(services& with, call& what) {
    HK_CO_TRY(const auto key, read_key(what));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    change_work<model::grant> work = [tenant = what.tenant_id, key, demanded](store::transaction& tx, wall_time) {
        return tx.delete_grant(tenant, key.connection, key.app, demanded);
    };
    auto note = note_of(model::audit_action::grant_delete, key);
    HK_CO_CHECK(co_await change<model::grant>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

}  // namespace hourkey::server::api
