#pragma once

#include "aws/arn.hpp"

#include <string>
#include <string_view>

namespace hourkey::aws {

/// Who an identity is to another account's trust policy.
struct principal {
    /// For the condition ArnEquals on aws:PrincipalArn, which takes wildcards in each field
    /// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN).
    std::string arn;
    bool path_is_guessed = false;  ///< STS leaves a role's path out of its sessions' ARN; none is taken for it
    bool may_assume_roles = true;  ///< not so: an account's root user, and who has keys of GetFederationToken
};

[[nodiscard]] principal principal_of(const caller_identity& who);

/// `[aws] principal_arn`: the IAM user or role that trust policies are to name, with its path; `*` may stand for a part
/// of it.
struct principal_arn {
    std::string arn;
    std::string partition;
    std::string account_id;
};
/// invalid_configuration about `aws.principal_arn`; the hint tells what to write instead.
[[nodiscard]] result<principal_arn> parse_principal_arn(std::string_view text);

}  // namespace hourkey::aws
