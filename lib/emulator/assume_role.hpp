#pragma once

#include "emulator/form.hpp"
#include "emulator/principal.hpp"
#include "emulator/session_parameters.hpp"
#include "emulator/sts_error.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::emulator {

/// AssumeRole's parameters, within the limits of
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
struct assume_role_input {
    std::string role_arn;
    std::string session_name;
    std::chrono::seconds duration{3600};
    std::optional<std::string> external_id;
    session_policies policies;
    session_tags tags;            ///< those of the request
    std::string source_identity;  ///< empty: none
    mfa_claim mfa;
    std::optional<unsigned> packed_percent;
};

/// Fails with ValidationError for all violations at once, or with the first of what STS looks at afterwards:
/// InvalidParameterValue, MalformedPolicyDocument, PackedPolicyTooLarge. `inherited` are the tags of the session that
/// calls.
[[nodiscard]] outcome<assume_role_input> read_assume_role(const form& parameters, const session_tags& inherited = {});

}  // namespace hourkey::emulator
