#include "tenancy/change.hpp"

#include "auth/authenticator.hpp"

namespace hourkey::tenancy {

model::audit_record begin_record(const asker& by, const audit_note& note, wall_time now) {
    model::audit_record record;
    record.time = now;
    record.request_id = by.request_id;
    record.action = note.action;
    record.outcome = model::audit_outcome::changed;
    record.reason = note.reason;
    record.tenant_id = by.tenant_id;
    if (by.tenant) record.tenant = by.tenant->str();
    record.app = note.app;
    record.actor = by.actor;
    if (!by.is_server()) record.actor_role = by.caller.role;
    record.token_id = by.caller.token_id;
    record.client_address = by.client_address;
    record.connection = note.connection;
    record.role_arn = note.role_arn;
    record.target = note.target;
    return record;
}

result<> check_asker(store::transaction& tx, const asker& by) {
    if (by.actor != model::audit_actor::token) return {};
    HK_TRY(const auto token, tx.find_token(by.caller.token_id));
    if (!token) return failure(errc::unauthenticated, {}, "Use a valid token.", "the token is gone");
    return auth::check_token(*token, tx.now());
}

}  // namespace hourkey::tenancy
