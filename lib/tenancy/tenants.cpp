#include "tenancy/tenants.hpp"

#include "crypto/random.hpp"

namespace hourkey::tenancy {

change<model::tenant> create_tenant(asker by, const tenant_name& name) {
    const model::tenant wanted{
        .id = crypto::make_ulid(by.asked_at), .name = name, .created_at = by.asked_at, .revision = 1};
    by.tenant = name;
    by.tenant_id = wanted.id;
    return {.by = std::move(by),
            .note = {.action = model::audit_action::tenant_create, .target = model::target_of(name)},
            .work = [wanted](store::transaction& tx, model::audit_record&) { return tx.create_tenant(wanted); }};
}

change<model::tenant> delete_tenant(asker by, store::precondition demanded) {
    audit_note note{.action = model::audit_action::tenant_delete, .target = model::target_of(by.tenant.value())};
    return {.by = std::move(by),
            .note = std::move(note),
            .work = [demanded](store::transaction& tx,
                               model::audit_record& record) { return tx.delete_tenant(record.tenant_id, demanded); },
            .purpose = store::purpose::takes_rights_away};
}

failure no_such_tenant(const tenant_name& name) {
    return failure(errc::not_found, "There is no tenant '" + name.str() + "'.",
                   "Create it first: POST /v1/tenants with an operator's token.");
}

}  // namespace hourkey::tenancy
