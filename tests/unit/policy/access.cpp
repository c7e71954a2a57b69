#include "policy/access.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace hourkey::policy {
namespace {

using enum model::role;

model::principal caller_of(model::role role) {
    model::principal c;
    c.role = role;
    if (role != operator_) c.tenant = *tenant_name::parse("acme");
    return c;
}

TEST_CASE("every right is given to its roles in their own tenant and to nobody elsewhere") {
    enum class answer { yes, wrong_role, no_such };
    using enum answer;
    struct row {
        right needed;
        std::array<answer, 4> own;      ///< operator, admin, app, auditor
        std::array<answer, 4> foreign;
    };
    const std::vector<row> rows{
        {right::any_caller, {yes, yes, yes, yes}, {yes, yes, yes, yes}},
        {right::vend, {yes, yes, yes, yes}, {yes, yes, yes, yes}},
        {right::manage_tenants, {yes, wrong_role, wrong_role, wrong_role}, {yes, wrong_role, wrong_role, wrong_role}},
        {right::see_tenant, {yes, yes, wrong_role, yes}, {yes, no_such, wrong_role, no_such}},
        {right::read_tenant, {wrong_role, yes, wrong_role, yes}, {wrong_role, no_such, wrong_role, no_such}},
        {right::change_tenant,
         {wrong_role, yes, wrong_role, wrong_role},
         {wrong_role, no_such, wrong_role, wrong_role}},
        {right::manage_tokens, {yes, yes, wrong_role, wrong_role}, {yes, no_such, wrong_role, wrong_role}},
    };
    constexpr std::array roles{operator_, admin, app, auditor};
    for (const auto& r : rows)
        for (std::size_t i = 0; i < roles.size(); ++i)
            for (const bool own : {true, false}) {
                CAPTURE(static_cast<int>(r.needed));
                CAPTURE(to_text(roles[i]));
                CAPTURE(own);
                const auto checked =
                    check_access(r.needed, caller_of(roles[i]), *tenant_name::parse(own ? "acme" : "other"));
                const auto wanted = own ? r.own[i] : r.foreign[i];
                CHECK(checked.has_value() == (wanted == yes));
                if (!checked && wanted != yes)
                    CHECK(checked.error().code == (wanted == wrong_role ? errc::role_not_allowed : errc::not_found));
            }
}

TEST_CASE("an operator makes a tenant's first tokens, an admin all of its tenant, nobody an operator's over the API") {
    struct row {
        model::role caller, wanted;
        bool allowed;
    };
    const std::vector<row> rows{
        {operator_, admin, true}, {operator_, auditor, true}, {operator_, app, false}, {operator_, operator_, false},
        {admin, admin, true},     {admin, app, true},         {admin, auditor, true},  {admin, operator_, false},
        {app, app, false},        {auditor, auditor, false},
    };
    for (const auto& r : rows) {
        CAPTURE(to_text(r.caller));
        CAPTURE(to_text(r.wanted));
        CHECK(check_may_issue(caller_of(r.caller), r.wanted).has_value() == r.allowed);
    }
}

}  // namespace
}  // namespace hourkey::policy
