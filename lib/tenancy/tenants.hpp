#pragma once

#include "tenancy/change.hpp"

namespace hourkey::tenancy {

/// already_exists when there is one of that name.
[[nodiscard]] change<model::tenant> create_tenant(asker by, const tenant_name& name);
/// The asker's tenant; in_use while it has apps or connections.
[[nodiscard]] change<model::tenant> delete_tenant(asker by, store::precondition demanded);

/// For whoever may know: an operator.
[[nodiscard]] failure no_such_tenant(const tenant_name& name);

}  // namespace hourkey::tenancy
