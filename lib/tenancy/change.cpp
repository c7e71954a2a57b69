#include "tenancy/change.hpp"

#include "auth/still_good.hpp"

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
    record.actor = by.caller.kind;
    if (!by.is_server()) record.actor_role = by.caller.role;
    record.token_id = by.caller.id;
    record.client_address = by.client_address;
    record.connection = note.connection;
    record.role_arn = note.role_arn;
    record.target = note.target;
    return record;
}

result<> check_asker(store::transaction& tx, const asker& by) { return auth::still_good(by.caller, tx, tx.now()); }

}  // namespace hourkey::tenancy
