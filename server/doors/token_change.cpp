#include "server/doors/token_change.hpp"

#include "server/doors/change.hpp"
#include "server/doors/json_answer.hpp"
#include "server/services.hpp"

namespace hourkey::server {
namespace {

change_note note_of(model::audit_action action, const ulid& id) {
    return {.action = action,
            .target = model::target_of_token(id),
            .connection = {},
            .app = {},
            .role_arn = {},
            .reason = {}};
}

}  // namespace

task<result<http::response>> issue_token(services& with, const call& what, token_wish wish) {
    auto prepared = prepare_token(wish, with.authenticator, what.now);
    auto note = note_of(model::audit_action::token_create, prepared.row.id);
    if (wish.app) note.app = wish.app->str();
    note.reason = to_text(wish.role);
    change_work<model::token> work = [row = std::move(prepared.row), tenant = what.tenant_id](
                                         store::transaction& tx,
                                         wall_time) mutable -> result<store::row_change<model::token>> {
        HK_TRY(auto done, store_token(tx, row));
        if (row.tenant_id != tenant)
            return failure(errc::not_found, "The tenant was made anew meanwhile.", "Try again.");
        return done;
    };
    HK_CO_CHECK(co_await change<model::token>(with, what, std::move(note), std::move(work)));
    json::writer w;
    w.begin_object().string("id", prepared.shown.id.str()).string("token", prepared.shown.text.expose());
    w.string("role", to_text(wish.role)).string("expires_at", to_rfc3339(prepared.shown.expires_at)).end_object();
    co_return json_answer(201, w);
}

task<result<http::response>> revoke_token(services& with, const call& what, ulid id) {
    change_work<model::token> work = [tenant = what.tenant_id, id](store::transaction& tx, wall_time now) {
        return tx.revoke_token(tenant, id, now);
    };
    auto note = note_of(model::audit_action::token_revoke, id);
    HK_CO_CHECK(co_await change<model::token>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

}  // namespace hourkey::server
