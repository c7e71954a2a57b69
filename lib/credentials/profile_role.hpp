#pragma once

#include "aws/arn.hpp"
#include "aws/session_name.hpp"
#include "core/failure.hpp"
#include "credentials/profile_file.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace hourkey::credentials {

inline constexpr std::string_view default_session = "hourkey";

/// `role_arn`, `role_session_name` and `duration_seconds`: the session that a profile wants.
struct profile_role {
    aws::role_arn role;
    aws::session_name session;
    std::chrono::seconds duration;
};
/// Of a profile that has a role_arn. Fails with base_credentials_unavailable.
[[nodiscard]] result<profile_role> role_of_profile(const profile& p, const std::string& name);

}  // namespace hourkey::credentials
