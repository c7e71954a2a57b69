#pragma once

#include "emulator/sts_error.hpp"

#include <string_view>

namespace hourkey::emulator {

/// MalformedPolicyDocument for a text that IAM takes for no policy of an identity, which an inline session policy is.
/// What it would let the session do is not evaluated.
[[nodiscard]] outcome<> check_session_policy(std::string_view json);

}  // namespace hourkey::emulator
