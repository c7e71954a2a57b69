#include "emulator/session_policy.hpp"

#include "emulator/policy_check.hpp"
#include "emulator/policy_document.hpp"
#include "json/reader.hpp"

#include <string>
#include <utility>

namespace hourkey::emulator {
namespace {

sts_error malformed(std::string message) { return {400, "MalformedPolicyDocument", std::move(message)}; }

}  // namespace

outcome<> check_session_policy(std::string_view json) {
    if (!json::parse(json)) return malformed("The policy is not in the valid JSON format.");
    const auto statements = parse_policy(json);
    if (!statements) return malformed("Syntax errors in policy: " + std::string(statements.error().text()));
    const auto checked = check_statements(*statements);
    if (!checked) return malformed(std::string(checked.error().text()));
    for (const auto& s : *statements) {
        if (!s.either_resources() || s.either_resources()->empty())
            return malformed("Policy statement must contain resources.");
        if (s.who || s.not_who) return malformed("Policy document should not specify a principal.");
    }
    return {};
}

}  // namespace hourkey::emulator
