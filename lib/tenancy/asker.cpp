#include "tenancy/asker.hpp"

#include "crypto/random.hpp"

#include <utility>

namespace hourkey::tenancy {

asker local_operator(wall_time now) {
    return {.caller = {.kind = model::principal_kind::machine, .role = model::role::operator_},
            .request_id = crypto::make_ulid(now).str(),
            .client_address = "local",
            .asked_at = now,
            .tenant_id = {},
            .tenant = {}};
}

asker the_server(wall_time now, const ulid& tenant_id, tenant_name tenant) {
    // The principal's tenant is whose share of the calls to AWS it takes.
    return {.caller = {.kind = model::principal_kind::server, .tenant_id = tenant_id, .tenant = tenant},
            .request_id = crypto::make_ulid(now).str(),
            .client_address = {},
            .asked_at = now,
            .tenant_id = tenant_id,
            .tenant = std::move(tenant)};
}

}  // namespace hourkey::tenancy
