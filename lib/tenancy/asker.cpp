#include "tenancy/asker.hpp"

#include "crypto/random.hpp"

#include <utility>

namespace hourkey::tenancy {

asker local_operator(wall_time now) {
    asker out{.actor = model::audit_actor::machine,
              .caller = {},
              .request_id = crypto::make_ulid(now).str(),
              .client_address = "local",
              .asked_at = now,
              .tenant_id = {},
              .tenant = {}};
    out.caller.role = model::role::operator_;
    return out;
}

asker the_server(wall_time now, const ulid& tenant_id, tenant_name tenant) {
    asker out{.actor = model::audit_actor::server,
              .caller = {},
              .request_id = crypto::make_ulid(now).str(),
              .client_address = {},
              .asked_at = now,
              .tenant_id = tenant_id,
              .tenant = tenant};
    out.caller.tenant_id = tenant_id;  // whose share of the calls to AWS it takes
    out.caller.tenant = std::move(tenant);
    return out;
}

}  // namespace hourkey::tenancy
