#include "emulator/role.hpp"

#include "emulator/principal_element.hpp"

namespace hourkey::emulator {

std::string_view role::name() const noexcept {
    const std::string_view text(arn);
    return text.substr(text.rfind('/') + 1);
}

result<trust_policy> trust_of(const role& r) {
    if (r.trust) return *r.trust;
    for (const auto& who : r.principals) HK_CHECK(check_principal("AWS", who));
    trust_policy::statement s;
    s.actions = {"sts:assumerole", "sts:tagsession", "sts:setsourceidentity"};
    s.principals = r.principals;
    if (!r.principal_arns.empty()) {
        HK_TRY(auto made, make_condition("ArnEquals", "aws:PrincipalArn", r.principal_arns));
        s.conditions.push_back(std::move(made));
    }
    if (!r.external_ids.empty()) {
        HK_TRY(auto made, make_condition("StringEquals", "sts:ExternalId", r.external_ids));
        s.conditions.push_back(std::move(made));
    }
    trust_policy policy;
    policy.statements.push_back(std::move(s));
    return policy;
}

}  // namespace hourkey::emulator
