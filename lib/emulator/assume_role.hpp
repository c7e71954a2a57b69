#pragma once

#include "emulator/form.hpp"
#include "emulator/sts_error.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::emulator {

/// AssumeRole's parameters, within the limits of https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
struct assume_role_input {
    std::string role_arn;
    std::string session_name;
    std::chrono::seconds duration{3600};
    std::optional<std::string> external_id;
    std::string policy;           ///< empty: none
    std::size_t policy_arns = 0;  ///< how many managed session policies
    std::string source_identity;  ///< empty: none
};

/// Fails with ValidationError, MalformedPolicyDocument or PackedPolicyTooLarge.
[[nodiscard]] outcome<assume_role_input> read_assume_role(const form& parameters);

}  // namespace hourkey::emulator
