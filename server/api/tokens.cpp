#include "json/reader.hpp"
#include "policy/access.hpp"
#include "server/api/handlers.hpp"
#include "server/change.hpp"
#include "server/json_answer.hpp"
#include "server/token_issue.hpp"

namespace hourkey::server::api {
namespace {

void write_token(json::writer& w, const model::token& t) {
    w.begin_object().string("id", t.id.str()).string("role", to_text(t.role));
    if (t.app) w.string("app", t.app->str());
    w.string("created_at", to_rfc3339(t.created_at)).string("expires_at", to_rfc3339(t.expires_at));
    write_time(w, "last_used_at", t.last_used_at);
    write_time(w, "revoked_at", t.revoked_at);
    w.end_object();
}

change_note note_of(std::string_view action, const ulid& id) {
    return {.action = std::string(action), .target = model::target_of_token(id), .connection = {}, .app = {}, .role_arn = {}, .reason = {}};
}

task<result<http::response>> create(services& with, call& what, token_wish wish) {
    auto prepared = prepare_token(wish, with.authenticator, what.now);
    auto note = note_of("token.create", prepared.row.id);
    if (wish.app) note.app = wish.app->str();
    note.reason = to_text(wish.role);
    change_work<model::token> work = [row = std::move(prepared.row), tenant = what.tenant_id](store::transaction& tx,
                                                                                              wall_time) mutable -> result<store::row_change<model::token>> {
        HK_TRY(auto done, store_token(tx, row));
        if (row.tenant_id != tenant) return failure(errc::not_found, "The tenant was made anew meanwhile.", "Try again.");
        return done;
    };
    HK_CO_CHECK(co_await change<model::token>(with, what, std::move(note), std::move(work)));
    json::writer w;
    w.begin_object().string("id", prepared.shown.id.str()).string("token", prepared.shown.text.expose());
    w.string("role", to_text(wish.role)).string("expires_at", to_rfc3339(prepared.shown.expires_at)).end_object();
    co_return json_answer(201, w);
}

}  // namespace

task<result<http::response>> list_tokens(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) { return from.list_tokens(tenant, wanted); };
    co_return co_await list_answer(with, what, read, write_token);
}

task<result<http::response>> get_token(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, with.reader.find_tenant_token(what.tenant_id, id));
    if (!found) co_return no_such("token");
    json::writer w;
    write_token(w, *found);
    co_return json_answer(200, w);
}

task<result<http::response>> create_token(services& with, call& what) {
    HK_CO_TRY(auto body, json::parse(what.http.body));
    auto fields = body.root();
    HK_CO_TRY(auto wish, read_token_wish(fields, what.tenant));
    HK_CO_CHECK(fields.finish());
    HK_CO_CHECK(policy::check_may_issue(what.caller, wish.role));
    HK_CO_CHECK(check_wish(wish));
    co_return co_await create(with, what, std::move(wish));
}

task<result<http::response>> revoke_token(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    change_work<model::token> work = [tenant = what.tenant_id, id](store::transaction& tx, wall_time now) { return tx.revoke_token(tenant, id, now); };
    auto note = note_of("token.revoke", id);
    HK_CO_CHECK(co_await change<model::token>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

task<result<http::response>> create_token_locally(services& with, call& what) {
    HK_CO_TRY(auto body, json::parse(what.http.body));
    auto fields = body.root();
    HK_CO_TRY(const auto tenant, fields.optional_string("tenant"));
    if (tenant) {
        HK_CO_TRY(what.tenant, tenant_name::parse(*tenant));
        HK_CO_TRY(const auto found, with.reader.find_tenant(*what.tenant));
        if (!found) co_return no_such_tenant(*what.tenant);
        what.tenant_id = found->id;
    }
    HK_CO_TRY(auto wish, read_token_wish(fields, what.tenant));
    HK_CO_CHECK(fields.finish());
    HK_CO_CHECK(check_wish(wish));
    co_return co_await create(with, what, std::move(wish));
}

task<result<http::response>> revoke_token_locally(services& with, call& what) {
    HK_CO_TRY(const auto id, ulid::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, with.reader.find_token(id));
    if (!found) co_return no_such_token();
    what.tenant = found->tenant;  // whose record it becomes
    what.tenant_id = found->tenant_id;
    auto note = note_of("token.revoke", id);
    change_work<model::token> work = [tenant = what.tenant_id, id](store::transaction& tx, wall_time now) { return tx.revoke_token(tenant, id, now); };
    HK_CO_CHECK(co_await change<model::token>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

}  // namespace hourkey::server::api
