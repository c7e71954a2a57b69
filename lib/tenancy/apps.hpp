#pragma once

#include "tenancy/change.hpp"

namespace hourkey::tenancy {

[[nodiscard]] change<model::app> put_app(asker by, const app_name& name, store::precondition demanded);
/// And its grants; its tokens are revoked.
[[nodiscard]] change<model::app> delete_app(asker by, const app_name& name, store::precondition demanded);

}  // namespace hourkey::tenancy
