#include "emulator/policy_check.hpp"

#include "emulator/condition.hpp"
#include "emulator/malformed_policy.hpp"
#include "emulator/policy_date.hpp"
#include "emulator/policy_resource.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <set>

namespace hourkey::emulator {
namespace {

bool is_letter_or_digit(char c) noexcept { return is_word(c) && c != '_'; }

result<> check_dates(const policy_statement& s) {
    for (const auto& line : s.conditions)
        if (compares_dates(line.operator_name) && !std::ranges::all_of(line.values, is_policy_date))
            return failed_legacy_parsing();
    return {};
}

result<> check_sids(const std::vector<policy_statement>& statements) {
    std::set<std::string_view> seen;
    for (const auto& s : statements) {
        if (!std::ranges::all_of(s.sid, is_letter_or_digit))
            return malformed_policy(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                "[0-9A-Za-z]*");
        if (!s.sid.empty() && !seen.insert(s.sid).second)
            return malformed_policy("Statement IDs (SID) in a single policy must be unique.");
    }
    return {};
}

/// `vendor:action`, or `*`. Whether there is such a vendor, and what it calls its actions, IAM leaves open.
result<> check_action(std::string_view action) {
    if (action == "*") return {};
    const auto colons = std::ranges::count(action, ':');
    if (colons == 0)
        return malformed_policy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
    if (colons > 1) return malformed_policy("Actions/Condition can contain only one colon.");
    const auto vendor = take_until(action, ':');
    const auto may_have = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; };
    if (vendor != "*" && !std::ranges::all_of(vendor, may_have))
        return malformed_policy("Vendor " + std::string(vendor) + " is not valid");
    return {};
}

using texts = std::vector<std::string>;

result<> check_each(const std::optional<texts>& values, result<> (*check)(std::string_view)) {
    if (!values) return {};
    for (const auto& value : *values) HK_CHECK(check(value));
    return {};
}

}  // namespace

result<> check_statements(const std::vector<policy_statement>& statements) {
    for (const auto& s : statements) HK_CHECK(check_dates(s));
    HK_CHECK(check_sids(statements));
    for (const auto& s : statements)
        if (!s.either_actions() || s.either_actions()->empty())
            return malformed_policy("Policy statement must contain actions.");
    for (const auto& s : statements) HK_CHECK(check_each(s.either_resources(), check_resource));
    for (const auto& s : statements) HK_CHECK(check_each(s.either_actions(), check_action));
    return {};
}

}  // namespace hourkey::emulator
