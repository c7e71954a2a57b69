#include "tenancy/grants.hpp"

#include "aws/session_limits.hpp"

namespace hourkey::tenancy {
namespace {

audit_note note_of(model::audit_action action, const grant_key& key) {
    return {.action = action,
            .target = model::target_of(key.connection, key.app),
            .connection = key.connection.str(),
            .app = key.app ? key.app->str() : "*"};
}

result<> check(const grant_request& wanted, wall_time now) {
    if (wanted.max_duration && !aws::is_session_duration(*wanted.max_duration))
        return invalid_field("max_duration_seconds", "must be 900 to 43200", "Leave it out for the server's default.");
    if (wanted.expires_at && *wanted.expires_at <= now)
        return invalid_field("expires_at", "is in the past", "Give a later time, or leave it out.");
    if (wanted.reason.size() > longest_grant_reason)
        return invalid_field("reason", "is longer than 256 bytes", "Shorten it.");
    return {};
}

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

}  // namespace

result<change<model::grant>> put_grant(asker by, grant_request wanted, store::precondition demanded) {
    HK_CHECK(check(wanted, by.asked_at));
    auto note = note_of(model::audit_action::grant_put, wanted.key);
    model::grant row{.tenant_id = by.tenant_id,
                     .connection = std::move(wanted.key.connection),
                     .app = std::move(wanted.key.app),
                     .max_duration = wanted.max_duration,
                     .expires_at = wanted.expires_at,
                     .reason = std::move(wanted.reason),
                     .created_at = by.asked_at,
                     .revision = 1};
    return change<model::grant>{
        .by = std::move(by),
        .note = std::move(note),
        .work = [row = std::move(row), demanded](store::transaction& tx,
                                                 model::audit_record&) -> result<store::row_change<model::grant>> {
            HK_CHECK(check_both_exist(tx, row));
            return tx.put_grant(row, demanded);
        }};
}

change<model::grant> delete_grant(asker by, const grant_key& key, store::precondition demanded) {
    return {.by = std::move(by),
            .note = note_of(model::audit_action::grant_delete, key),
            .work =
                [key, demanded](store::transaction& tx, model::audit_record& record) {
                    return tx.delete_grant(record.tenant_id, key.connection, key.app, demanded);
                },
            .purpose = store::purpose::takes_rights_away};
}

}  // namespace hourkey::tenancy
