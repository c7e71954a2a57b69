#pragma once

#include "emulator/condition.hpp"
#include "emulator/principal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hourkey::emulator {

/// A role's trust policy, of statements that are all evaluated.
struct trust_policy {
    struct statement {
        bool is_deny = false;
        std::vector<std::string> actions;     ///< patterns, in lower case
        /// Of AWS: ARNs of users, roles, sessions, account roots, twelve digits, or `*`.
        std::vector<std::string> principals;
        std::vector<std::string> providers;   ///< Federated: ARNs of OIDC providers
        std::vector<condition> conditions;    ///< all must hold
    };
    std::vector<statement> statements;
    std::string document;  ///< as it was declared; empty when it was not
};

/// AWS's largest quota for a trust policy, in characters.
inline constexpr std::size_t longest_trust_policy = 4096;

/// A document as `aws iam create-role --assume-role-policy-document` takes it. Refused is what IAM refuses in a trust
/// policy (NotPrincipal, Resource, wildcards in a principal, actions that are not of STS), and what would not be
/// evaluated here (NotAction, policy variables, condition keys that the emulator knows no value of, SAML and service
/// principals stay unmatched since no such caller exists).
[[nodiscard]] result<trust_policy> parse_trust_policy(std::string_view json);

enum class trust_verdict { allowed, not_allowed, denied };  ///< denied: by a statement of effect Deny

/// `action` as in `sts:AssumeRole`. The caller signed; a caller of AssumeRoleWithWebIdentity has its provider's ARN
/// instead.
[[nodiscard]] trust_verdict decide(const trust_policy& policy, std::string_view action, const principal& caller,
                                   const condition_context& request);
[[nodiscard]] trust_verdict decide_for_provider(const trust_policy& policy, std::string_view action,
                                                std::string_view provider, const condition_context& request);

}  // namespace hourkey::emulator
