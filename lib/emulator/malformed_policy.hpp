#pragma once

#include "core/failure.hpp"

#include <string>
#include <utility>

namespace hourkey::emulator {

/// IAM's MalformedPolicyDocument with a sentence of IAM's.
[[nodiscard]] inline failure malformed_policy(std::string sentence) {
    return failure(errc::invalid_request, std::move(sentence), "IAM answers MalformedPolicyDocument.");
}

/// All that IAM says of a date that is none, and of an ARN with too few fields.
[[nodiscard]] inline failure failed_legacy_parsing() { return malformed_policy("The policy failed legacy parsing"); }

}  // namespace hourkey::emulator
