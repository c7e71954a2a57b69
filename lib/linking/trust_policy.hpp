#pragma once

#include "aws/arn.hpp"
#include "aws/external_id.hpp"

#include <string>
#include <string_view>

namespace hourkey::linking {

/// The trust policy that a role needs, as JSON text. Names the account root with a condition on aws:PrincipalArn: a
/// role ARN as principal would be stored as the role's unique id and break when the role is made again. `principal_arn`
/// is an IAM ARN.
[[nodiscard]] std::string trust_policy(std::string_view principal_arn, const aws::external_id& external_id);

/// What hourkey's own account has to allow its identity, if no policy does already.
[[nodiscard]] std::string assume_role_policy(const aws::role_arn& role);

}  // namespace hourkey::linking
