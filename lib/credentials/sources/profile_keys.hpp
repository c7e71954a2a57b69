#pragma once

#include "aws/credentials.hpp"
#include "core/failure.hpp"
#include "credentials/profile_file.hpp"

#include <string>

namespace hourkey::credentials {

/// Or half of one.
[[nodiscard]] bool has_key(const profile& p);

/// `aws_access_key_id`, `aws_secret_access_key`, `aws_session_token` of a profile that has a key. Fails with
/// base_credentials_unavailable, also on half a pair.
[[nodiscard]] result<aws::credentials> keys_of_profile(const profile& p, const std::string& name);

}  // namespace hourkey::credentials
