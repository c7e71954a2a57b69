#include "tenancy/tokens.hpp"

#include "policy/access.hpp"
#include "tenancy/tenants.hpp"

namespace hourkey::tenancy {
namespace {

using token_change = store::row_change<model::token>;

/// The tenant's id, once it is known that tenant and app are there.
result<ulid> find_owner(store::transaction& tx, const model::token& row) {
    if (!row.tenant) return ulid{};
    HK_TRY(const auto tenant, tx.find_tenant(*row.tenant));
    if (!tenant) return no_such_tenant(*row.tenant);
    if (!row.app) return tenant->id;
    HK_TRY(const auto app, tx.find_app(tenant->id, *row.app));
    if (app) return tenant->id;
    return failure(errc::not_found, "There is no app '" + row.app->str() + "' in tenant '" + row.tenant->str() + "'.",
                   "Create it first: PUT /v1/tenants/" + row.tenant->str() + "/apps/" + row.app->str() +
                       " with an admin's token.");
}

result<token_change> create(store::transaction& tx, model::token row, model::audit_record& record) {
    HK_TRY(row.tenant_id, find_owner(tx, row));
    if (!record.tenant_id.is_nil() && record.tenant_id != row.tenant_id)
        return failure(errc::not_found, "The tenant was made anew meanwhile.", "Try again.");
    record.tenant_id = row.tenant_id;
    return tx.create_token(row);
}

/// Whose it is, the record tells.
result<token_change> revoke_any(store::transaction& tx, const ulid& id, model::audit_record& record) {
    HK_TRY(const auto found, tx.find_token(id));
    if (!found)
        return failure(errc::not_found, "There is no token with this id.",
                       "List them: hourkeyd token list, with --tenant for a tenant's.");
    record.tenant_id = found->tenant_id;
    if (found->tenant) record.tenant = found->tenant->str();
    return tx.revoke_token(found->tenant_id, id, record.time);
}

}  // namespace

result<> check(const token_request& wanted, const token_request_words& words) {
    const bool of_server = wanted.role == model::role::operator_;
    if (of_server && wanted.tenant)
        return invalid_field(words.tenant, "does not go with role operator", "Leave the tenant out.");
    if (!of_server && !wanted.tenant)
        return invalid_field(words.tenant, "is missing", "Name the tenant that the token is for.");
    if (wanted.role == model::role::app && !wanted.app)
        return invalid_field(words.app, "is missing", "Name the app that the token is for.");
    if (wanted.role != model::role::app && wanted.app)
        return invalid_field(words.app, "goes with role app only", "Leave the app out.");
    if (wanted.role != model::role::app && wanted.stage)
        return invalid_field(words.stage, "goes with role app only", "Leave the stage out.");
    if (wanted.life < shortest_token_life || wanted.life > longest_token_life)
        return invalid_field(words.life, "must be 60 to 31622400", "Leave it out for 90 days.");
    return {};
}

result<token_issue> issue_token(asker by, const token_request& wanted, const auth::authenticator& with) {
    if (!by.is_local()) HK_CHECK(policy::check_may_issue(by.caller, wanted.role));
    HK_CHECK(check(wanted));
    auto fresh = auth::make_token(wanted.role, by.asked_at);
    model::token row;
    row.id = fresh.id;
    row.role = wanted.role;
    row.tenant = wanted.tenant;
    row.app = wanted.app;
    row.stage = wanted.stage;
    const auto named = with.mac(fresh.text.expose());
    row.key = named.key;
    row.mac = named.mac;
    row.created_at = by.asked_at;
    row.expires_at = by.asked_at + wanted.life;

    by.tenant = wanted.tenant;
    audit_note note{.action = model::audit_action::token_create,
                    .target = model::target_of_token(row.id),
                    .app = wanted.app ? wanted.app->str() : std::string(),
                    .reason = std::string(to_text(wanted.role))};
    issued_token shown{.id = fresh.id, .text = std::move(fresh.text), .expires_at = row.expires_at};
    change<model::token> creation{.by = std::move(by),
                                  .note = std::move(note),
                                  .work = [row = std::move(row)](store::transaction& tx, model::audit_record& record) {
                                      return create(tx, row, record);
                                  }};
    return token_issue{.shown = std::move(shown), .creation = std::move(creation)};
}

result<issued_token> issue_token_now(store::database& in, const auth::authenticator& with, const token_request& wanted,
                                     wall_time now) {
    HK_TRY(auto issue, issue_token(local_operator(now), wanted, with));
    HK_CHECK(make_now(in, issue.creation));
    return std::move(issue.shown);
}

change<model::token> revoke_token(asker by, const ulid& id) {
    audit_note note{.action = model::audit_action::token_revoke, .target = model::target_of_token(id)};
    const bool is_local = by.is_local();
    return {.by = std::move(by),
            .note = std::move(note),
            .work = [id, is_local](store::transaction& tx, model::audit_record& record) -> result<token_change> {
                auto done = is_local ? revoke_any(tx, id, record) : tx.revoke_token(record.tenant_id, id, record.time);
                if (done && done->after && done->after->app) record.app = done->after->app->str();
                return done;
            },
            .purpose = store::purpose::takes_rights_away};
}

}  // namespace hourkey::tenancy
