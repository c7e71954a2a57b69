#include "tenancy/asker.hpp"

#include "crypto/random.hpp"

namespace hourkey::tenancy {

asker local_operator(wall_time now) {
    asker out{.caller = {},
              .request_id = crypto::make_ulid(now).str(),
              .client_address = "local",
              .asked_at = now,
              .tenant_id = {},
              .tenant = {}};
    out.caller.role = model::role::operator_;
    return out;
}

}  // namespace hourkey::tenancy
