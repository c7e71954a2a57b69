#pragma once

#include "core/failure.hpp"
#include "core/name.hpp"
#include "model/principal.hpp"

#include <optional>

namespace hourkey::policy {

/// What an endpoint asks of its caller. The route table names one for each route.
enum class right {
    anyone,           ///< no token
    any_caller,       ///< any good token
    manage_tenants,   ///< operator
    read_tenant,      ///< admin or auditor of the tenant in the path
    see_tenant,       ///< the same, or an operator
    change_tenant,    ///< admin of the tenant in the path
    manage_tokens,    ///< admin of the tenant in the path; an operator too, for the tenant's first tokens
    vend              ///< any good token gets as far as vend_decision, which refuses all roles but app, on record
};

/// role_not_allowed when the role never may; not_found when the tenant in the path is another one, whether it exists or
/// not.
[[nodiscard]] result<> check_access(right needed, const model::principal& who,
                                    const std::optional<tenant_name>& tenant_in_path);

/// Which roles' tokens this caller may make in a tenant: an operator admins and auditors, an admin all but operators.
[[nodiscard]] result<> check_may_issue(const model::principal& who, model::role wanted);

}  // namespace hourkey::policy
