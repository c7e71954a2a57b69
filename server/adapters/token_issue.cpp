#include "server/adapters/token_issue.hpp"

#include "crypto/random.hpp"
#include "model/audit_target.hpp"
#include "server/adapters/state_note.hpp"

namespace hourkey::server {
namespace {

model::audit_record local_record(model::audit_action action, const model::token& of, wall_time now) {
    model::audit_record record;
    record.time = now;
    record.request_id = crypto::make_ulid(now).str();
    record.action = action;
    record.outcome = model::audit_outcome::changed;
    record.tenant_id = of.tenant_id;
    if (of.tenant) record.tenant = of.tenant->str();
    if (of.app) record.app = of.app->str();
    record.actor = model::audit_actor::machine;
    record.actor_role = model::role::operator_;
    record.client_address = "local";
    record.target = model::target_of_token(of.id);
    return record;
}

}  // namespace

result<> check_wish(const token_wish& wish) {
    const bool of_server = wish.role == model::role::operator_;
    if (of_server && wish.tenant)
        return invalid_field("tenant", "does not go with role operator", "Leave the tenant out.");
    if (!of_server && !wish.tenant)
        return invalid_field("tenant", "is missing", "Name the tenant that the token is for.");
    if (wish.role == model::role::app && !wish.app)
        return invalid_field("app", "is missing", "Name the app that the token is for.");
    if (wish.role != model::role::app && wish.app)
        return invalid_field("app", "goes with role app only", "Leave the app out.");
    if (wish.life < shortest_token_life || wish.life > longest_token_life)
        return invalid_field("expires_in_seconds", "must be 60 to 31622400", "Leave it out for 90 days.");
    return {};
}

result<token_wish> read_token_wish(json::object& fields, std::optional<tenant_name> tenant) {
    token_wish wish;
    wish.tenant = std::move(tenant);
    HK_TRY(const auto role_text, fields.string("role"));
    const auto role = model::parse_role(role_text);
    if (!role) return invalid_field("role", "is not a role", "Use operator, admin, app or auditor.");
    wish.role = *role;
    HK_TRY(const auto app, fields.optional_string("app"));
    if (app) {
        HK_TRY(wish.app, app_name::parse(*app));
    }
    HK_TRY(const auto life,
           fields.optional_integer("expires_in_seconds", shortest_token_life.count(), longest_token_life.count()));
    if (life) wish.life = std::chrono::seconds(*life);
    return wish;
}

prepared_token prepare_token(const token_wish& wish, const auth::authenticator& with, wall_time now) {
    auto fresh = auth::make_token(wish.role, now);
    model::token row;
    row.id = fresh.id;
    row.role = wish.role;
    row.tenant = wish.tenant;
    row.app = wish.app;
    const auto named = with.mac(fresh.text.expose());
    row.key = named.key;
    row.mac = named.mac;
    row.created_at = now;
    row.expires_at = now + wish.life;
    return {.shown = {.id = fresh.id, .text = std::move(fresh.text), .expires_at = row.expires_at},
            .row = std::move(row)};
}

failure no_such_tenant(const tenant_name& name) {
    return failure(errc::not_found, "There is no tenant '" + name.str() + "'.",
                   "Create it first: POST /v1/tenants with an operator's token.");
}

result<store::row_change<model::token>> store_token(store::transaction& tx, model::token& row) {
    if (row.tenant) {
        HK_TRY(const auto tenant, tx.find_tenant(*row.tenant));
        if (!tenant) return no_such_tenant(*row.tenant);
        row.tenant_id = tenant->id;
        if (row.app) {
            HK_TRY(const auto app, tx.find_app(tenant->id, *row.app));
            if (!app)
                return failure(errc::not_found,
                               "There is no app '" + row.app->str() + "' in tenant '" + row.tenant->str() + "'.",
                               "Create it first: PUT /v1/tenants/" + row.tenant->str() + "/apps/" + row.app->str() +
                                   " with an admin's token.");
        }
    }
    return tx.create_token(row);
}

failure no_such_token() {
    return failure(errc::not_found, "There is no token with this id.",
                   "List them: hourkeyd token list, with --tenant for a tenant's.");
}

result<> revoke_token_directly(store::database& in, const ulid& id) {
    const auto now = system_clock().now();
    std::function<result<>(store::transaction&)> work = [&](store::transaction& tx) -> result<> {
        HK_TRY(const auto found, tx.find_token(id));
        if (!found) return no_such_token();
        HK_TRY(const auto done, tx.revoke_token(found->tenant_id, id, now));
        if (done.is_unchanged) return {};
        auto record = local_record(model::audit_action::token_revoke, *found, now);
        note_states(record, done);
        HK_CHECK(tx.append_audit(record));
        return {};
    };
    return in.write_now<void>(std::move(work));
}

result<issued_token> issue_token_directly(store::database& into, const std::shared_ptr<sealing::key_ring>& keys,
                                          const token_wish& wish) {
    HK_CHECK(check_wish(wish));
    const auto now = system_clock().now();
    const auth::authenticator authenticator(keys->token_keys());
    auto prepared = prepare_token(wish, authenticator, now);
    std::function<result<>(store::transaction&)> work = [&](store::transaction& tx) -> result<> {
        HK_TRY(const auto done, store_token(tx, prepared.row));
        auto record = local_record(model::audit_action::token_create, prepared.row, now);
        record.reason = to_text(wish.role);
        note_states(record, done);
        HK_CHECK(tx.append_audit(record));
        return {};
    };
    HK_CHECK(into.write_now<void>(std::move(work)));
    return std::move(prepared.shown);
}

}  // namespace hourkey::server
