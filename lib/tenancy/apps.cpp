#include "tenancy/apps.hpp"

namespace hourkey::tenancy {
namespace {

audit_note note_of(model::audit_action action, const app_name& name) {
    return {.action = action, .target = model::target_of(name), .app = name.str()};
}

}  // namespace

change<model::app> put_app(asker by, const app_name& name, store::precondition demanded) {
    const model::app wanted{.tenant_id = by.tenant_id, .name = name, .created_at = by.asked_at, .revision = 1};
    return {.by = std::move(by),
            .note = note_of(model::audit_action::app_put, name),
            .work = [wanted, demanded](store::transaction& tx, model::audit_record&) {
                return tx.put_app(wanted, demanded);
            }};
}

change<model::app> delete_app(asker by, const app_name& name, store::precondition demanded) {
    return {.by = std::move(by),
            .note = note_of(model::audit_action::app_delete, name),
            .work =
                [name, demanded](store::transaction& tx, model::audit_record& record) {
                    return tx.delete_app(record.tenant_id, name, record.time, demanded);
                },
            .purpose = store::purpose::takes_rights_away};
}

}  // namespace hourkey::tenancy
