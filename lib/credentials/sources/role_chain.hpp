#pragma once

#include "aws/external_id.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/profile_file.hpp"
#include "credentials/profile_role.hpp"
#include "credentials/source.hpp"
#include "sts/identity_source.hpp"

#include <optional>
#include <string>

namespace hourkey::credentials {

/// A profile's `role_arn`: one AssumeRole on the way from its source's keys to the base identity.
struct role_step {
    profile_role wanted;
    std::optional<aws::external_id> external_id;
};
/// Of a profile that has a role_arn. Fails with base_credentials_unavailable, also about an mfa_serial.
[[nodiscard]] result<role_step> step_of_profile(const profile& p, const std::string& name);

/// `from` is owned by the caller's frame. Fails with base_credentials_unavailable, with AWS's code.
[[nodiscard]] task<result<fetched_keys>> take_step(role_step step, const sts::base_identity& from, fetch_tools tools);

}  // namespace hourkey::credentials
