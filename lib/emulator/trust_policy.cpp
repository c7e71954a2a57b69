#include "emulator/trust_policy.hpp"

#include "emulator/malformed_policy.hpp"
#include "emulator/policy_check.hpp"
#include "emulator/policy_document.hpp"
#include "emulator/principal_element.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

failure malformed(std::string_view element, std::string what) {
    return invalid_field(element, what, "IAM answers MalformedPolicyDocument.");
}

constexpr std::array<std::string_view, 6> trust_actions{
    "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity",
    "sts:tagsession", "sts:setsourceidentity",  "sts:setcontext",
};

result<std::vector<std::string>> read_actions(const std::vector<std::string>& written) {
    std::vector<std::string> patterns;
    for (auto pattern : written) {
        std::ranges::transform(pattern, pattern.begin(), lower);
        const bool is_of_trust =
            pattern.starts_with("sts:") &&
            std::ranges::any_of(trust_actions, [&](std::string_view action) { return fits(pattern, action); });
        if (!is_of_trust)
            return malformed("Action",
                             "has " + pattern + ": AssumeRole policy may only specify STS AssumeRole actions");
        patterns.push_back(std::move(pattern));
    }
    return patterns;
}

result<> read_principals(const policy_statement::principals& written, trust_policy::statement& into) {
    for (const auto& [type, values] : written) {
        for (const auto& value : values) HK_CHECK(check_principal(type, value));
        if (type == "Service") continue;  // no AWS service ever calls an emulator
        auto& known = type == "Federated" ? into.providers : into.principals;
        known.insert(known.end(), values.begin(), values.end());
    }
    return {};
}

result<trust_policy::statement> read_statement(const policy_statement& s) {
    if (s.not_who) return malformed("NotPrincipal", "is none that a role's trust policy may have");
    if (!s.who) return malformed("Principal", "is missing");
    if (s.either_resources()) return malformed_policy("Has prohibited field Resource.");
    if (!s.actions) return invalid_field("NotAction", "is not evaluated here", "Write the actions as Action.");
    trust_policy::statement out;
    out.is_deny = s.is_deny;
    HK_TRY(out.actions, read_actions(*s.actions));
    HK_CHECK(read_principals(*s.who, out));
    for (const auto& line : s.conditions) {
        HK_TRY(auto made, make_condition(line.operator_name, line.key, line.values));
        out.conditions.push_back(std::move(made));
    }
    return out;
}

bool names(std::string_view element, const principal& caller) noexcept {
    if (element == "*" || element == caller.arn || element == caller.principal_arn) return true;
    const auto who = split_arn(caller.arn);
    if (is_account(element)) return element == who.account;
    const auto named = split_arn(element);
    return named.service == "iam" && named.resource == "root" && named.partition == who.partition &&
           named.account == who.account;
}

template <class Names>
trust_verdict decide_by(const trust_policy& policy, std::string_view action, const condition_context& request,
                        const Names& is_named) {
    std::string wanted(action);
    std::ranges::transform(wanted, wanted.begin(), lower);
    bool allowed = false;
    for (const auto& s : policy.statements) {
        const bool applies =
            std::ranges::any_of(s.actions, [&](const auto& pattern) { return fits(pattern, wanted); }) && is_named(s) &&
            std::ranges::all_of(s.conditions, [&](const auto& c) { return holds(c, request); });
        if (applies && s.is_deny) return trust_verdict::denied;
        allowed = allowed || applies;
    }
    return allowed ? trust_verdict::allowed : trust_verdict::not_allowed;
}

}  // namespace

result<trust_policy> parse_trust_policy(std::string_view json) {
    if (json.size() > longest_trust_policy)
        return invalid_field("AssumeRolePolicyDocument", "is longer than 4096 characters, AWS's largest quota");
    HK_TRY(const auto statements, parse_policy(json));
    HK_CHECK(check_statements(statements));
    trust_policy policy;
    policy.document = json;
    for (const auto& s : statements) {
        HK_TRY(auto read, read_statement(s));
        policy.statements.push_back(std::move(read));
    }
    return policy;
}

trust_verdict decide(const trust_policy& policy, std::string_view action, const principal& caller,
                     const condition_context& request) {
    return decide_by(policy, action, request, [&](const trust_policy::statement& s) {
        return std::ranges::any_of(s.principals, [&](const auto& element) { return names(element, caller); });
    });
}

trust_verdict decide_for_provider(const trust_policy& policy, std::string_view action, std::string_view provider,
                                  const condition_context& request) {
    return decide_by(policy, action, request, [&](const trust_policy::statement& s) {
        return std::ranges::find(s.providers, provider) != s.providers.end();
    });
}

}  // namespace hourkey::emulator
