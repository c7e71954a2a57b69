#pragma once

#include "core/clock.hpp"
#include "emulator/form.hpp"
#include "emulator/session_parameters.hpp"
#include "emulator/sts_error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::emulator {

/// AssumeRoleWithWebIdentity's parameters.
struct web_identity_input {
    std::string role_arn, session_name, token;
    std::chrono::seconds duration{3600};
    session_policies policies;
    std::optional<unsigned> packed_percent;
};
[[nodiscard]] outcome<web_identity_input> read_web_identity(const form& parameters);

/// What an OpenID Connect ID token claims. Its signature is not verified here: the emulator reaches no issuer.
struct web_identity {
    std::string issuer;  ///< without `https://`, as providers are named
    std::string subject, audience;
    std::vector<std::string> methods;  ///< `amr`
};
/// InvalidIdentityToken for what is no such token, ExpiredTokenException past its `exp`.
[[nodiscard]] outcome<web_identity> read_identity_token(std::string_view token, wall_time now);

}  // namespace hourkey::emulator
