#pragma once

#include "core/failure.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::emulator {

/// A statement as it was written: what the elements are worth is for whoever evaluates it.
struct policy_statement {
    struct condition_line {
        std::string operator_name, key;
        std::vector<std::string> values;
    };
    /// `Principal: {type: values}`; `"*"` alone is `{"*", {"*"}}`.
    using principals = std::vector<std::pair<std::string, std::vector<std::string>>>;

    std::string sid;  ///< empty: none
    bool is_deny = false;
    std::optional<std::vector<std::string>> actions, not_actions, resources, not_resources;
    std::optional<principals> who, not_who;
    std::vector<condition_line> conditions;

    /// Action or NotAction: a statement has one of them.
    [[nodiscard]] const auto& either_actions() const noexcept { return actions ? actions : not_actions; }
    [[nodiscard]] const auto& either_resources() const noexcept { return resources ? resources : not_resources; }
};

/// Parses by the grammar of IAM's JSON policies: which elements there are and of what type, not which of them a kind of
/// policy must have. Fails with what breaks the syntax, for which IAM has one sentence ("Syntax errors in policy.").
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
[[nodiscard]] result<std::vector<policy_statement>> parse_policy(std::string_view json);

}  // namespace hourkey::emulator
