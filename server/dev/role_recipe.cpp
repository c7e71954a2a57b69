#include "server/dev/role_recipe.hpp"

#include "core/shell_word.hpp"
#include "linking/trust_policy.hpp"
#include "server/dev/pasted_lines.hpp"

namespace hourkey::server {
namespace {

std::string named(const aws::role_arn& role) { return " --role-name " + std::string(role.role_name()); }

/// What hourkey's own account has to allow.
std::string lines_to_allow(const aws::role_arn& role, const std::string& principal_arn) {
    const auto name = principal_arn.substr(principal_arn.rfind('/') + 1);
    std::string whose;
    if (principal_arn.find(":user/") != std::string::npos) whose = "put-user-policy --user-name " + name;
    // Nobody may edit the roles of IAM Identity Center but itself.
    if (principal_arn.find(":role/") != std::string::npos &&
        principal_arn.find(":role/aws-reserved/") == std::string::npos)
        whose = "put-role-policy --role-name " + name;
    if (whose.empty())
        return "\nIn hourkey's account, sts:AssumeRole on " + role.str() +
               " must be allowed to it as well: by its permission set.";
    const auto policy = linking::assume_role_policy(role);
    return "\nIn hourkey's account, allow it to assume the role, unless a policy of its own does already:\n\n  aws "
           "iam " +
           whose + " --policy-name assume-" + std::string(role.role_name()) + " --policy-document " +
           shell_word(policy) + "\n";
}

}  // namespace

std::string lines_to_make_role(const aws::role_arn& role, const std::string& trust_policy,
                               const std::string& principal_arn) {
    const auto path = role.path() == "/" ? std::string() : " --path " + shell_word(role.path());
    return "In account " + std::string(role.account_id()) +
           ", make the role with this trust policy:\n\n  aws iam create-role" + path + named(role) +
           " --assume-role-policy-document " + shell_word(trust_policy) +
           "\n\n(an existing role: aws iam update-assume-role-policy" + named(role) + " --policy-document '...')\n" +
           lines_to_allow(role, principal_arn);
}

std::string line_to_close_role(const aws::role_arn& role, const std::string& trust_policy) {
    return "In account " + std::string(role.account_id()) +
           ", give the role this trust policy:\n\n  aws iam update-assume-role-policy" + named(role) +
           " --policy-document " + shell_word(trust_policy) + "\n";
}

}  // namespace hourkey::server
