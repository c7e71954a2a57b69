#pragma once

#include "aws/arn.hpp"

#include <string>

namespace hourkey::server {

/// The lines of the AWS CLI that let hourkey assume a role, each to be pasted into a shell: in the role's account, and
/// in hourkey's, whose principals the trust policy leaves to that account to allow
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html).
[[nodiscard]] std::string lines_to_make_role(const aws::role_arn& role, const std::string& trust_policy,
                                             const std::string& principal_arn);
/// For a role that is there and lets others in.
[[nodiscard]] std::string line_to_close_role(const aws::role_arn& role, const std::string& trust_policy);

}  // namespace hourkey::server
