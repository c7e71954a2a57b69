#pragma once

#include "aws/arn.hpp"
#include "core/failure.hpp"
#include "credentials/source.hpp"
#include "sts/operations.hpp"

#include <string>

namespace hourkey::credentials {

/// What STS gave for a role.
[[nodiscard]] fetched_keys keys_of_session(sts::assumed_role session, const aws::role_arn& role);
/// Why it gave nothing, with AWS's code behind `hint`.
[[nodiscard]] failure refused_session(std::string hint, const failure& why, const aws::role_arn& role);

}  // namespace hourkey::credentials
