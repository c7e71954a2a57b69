#include "tenancy/grants.hpp"
#include "aws/session_limits.hpp"
#include "core/time_text.hpp"
#include "json/reader.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

constexpr std::string_view any_app = "*";

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

http::response grant_answer(int status, const model::grant& g) {
    json::writer w;
    write_grant(w, g);
    return json_answer(status, w, g.revision);
}

result<tenancy::grant_key> read_key(const call& what) {
    HK_TRY(auto connection, connection_name::parse(what.parameters[0]));
    if (what.parameters[1] == any_app) return tenancy::grant_key{std::move(connection), std::nullopt};
    HK_TRY(auto app, app_name::parse(what.parameters[1]));
    return tenancy::grant_key{std::move(connection), std::move(app)};
}

result<tenancy::grant_request> read_grant(std::string_view text, tenancy::grant_key key) {
    HK_TRY(const auto body, json::parse_object_or_empty(text));
    auto fields = body.root();
    HK_TRY(const auto max, fields.optional_integer("max_duration_seconds", aws::shortest_session.count(),
                                                   aws::longest_session.count()));
    HK_TRY(const auto expires, fields.optional_string("expires_at"));
    HK_TRY(const auto reason, fields.optional_string("reason"));
    HK_CHECK(fields.finish());

    tenancy::grant_request out{
        .key = std::move(key), .max_duration = {}, .expires_at = {}, .reason = std::string(reason.value_or(""))};
    if (max) out.max_duration = std::chrono::seconds(*max);
    if (expires) {
        const auto end = parse_rfc3339(*expires);
        if (!end) return invalid_field("expires_at", "is not an RFC 3339 time", "Write it as 2026-11-22T02:59:40Z.");
        out.expires_at = *end;
    }
    return out;
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
    co_return grant_answer(200, *found);
}

task<result<http::response>> put_grant(services& with, call& what) {
    HK_CO_TRY(auto key, read_key(what));
    HK_CO_TRY(auto request, read_grant(what.http.body, std::move(key)));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    HK_CO_TRY(auto wanted, tenancy::put_grant(asker_of(what), std::move(request), demanded));
    HK_CO_TRY(const auto put, co_await tenancy::make(with.database, std::move(wanted)));
    co_return grant_answer(put.is_created() ? 201 : 200, *put.after);
}

task<result<http::response>> delete_grant(services& with, call& what) {
    HK_CO_TRY(const auto key, read_key(what));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto wanted = tenancy::delete_grant(asker_of(what), key, demanded);
    HK_CO_CHECK(co_await tenancy::make(with.database, std::move(wanted)));
    co_return no_content();
}

}  // namespace hourkey::server::api
