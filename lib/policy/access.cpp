#include "policy/access.hpp"

#include <string>

namespace hourkey::policy {
namespace {

failure wrong_role(const model::principal& who, std::string_view needed) {
    return failure(errc::role_not_allowed, "A token of role " + std::string(to_text(who.role)) + " may not do this.",
                   "Use a token of role " + std::string(needed) + ".");
}

bool owns(const model::principal& who, const std::optional<tenant_name>& tenant) {
    return tenant && who.tenant == tenant;
}

result<> within_tenant(const model::principal& who, const std::optional<tenant_name>& tenant) {
    if (owns(who, tenant)) return {};
    return failure(errc::not_found, "There is no such tenant.", "Check the tenant's name in the path.");
}

}  // namespace

result<> check_access(right needed, const model::principal& who, const std::optional<tenant_name>& tenant) {
    using enum model::role;
    const auto r = who.role;
    switch (needed) {
        case right::anyone:
        case right::any_caller:
        case right::vend: return {};
        case right::manage_tenants: return r == operator_ ? result<>{} : wrong_role(who, "operator");
        case right::see_tenant:
            if (r == operator_) return {};
            [[fallthrough]];
        case right::read_tenant:
            return r == admin || r == auditor ? within_tenant(who, tenant) : wrong_role(who, "admin or auditor");
        case right::manage_tokens:
            if (r == operator_) return {};
            [[fallthrough]];
        case right::change_tenant: return r == admin ? within_tenant(who, tenant) : wrong_role(who, "admin");
    }
    return failure(errc::internal);
}

result<> check_may_issue(const model::principal& who, model::role wanted) {
    using enum model::role;
    if (wanted == operator_)
        return failure(errc::role_not_allowed, "Operator tokens are not made over the API.",
                       "On the server's machine run: hourkeyd token create --role operator");
    if (who.role == admin || (who.role == operator_ && wanted != app)) return {};
    return wrong_role(who, "admin");
}

}  // namespace hourkey::policy
