#pragma once

#include "emulator/arn_text.hpp"
#include "emulator/form.hpp"
#include "emulator/session_parameters.hpp"
#include "emulator/sts_error.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::emulator {

/// The two operations that give a user of an account a session without a role.
struct session_token_input {
    std::chrono::seconds duration{};
    mfa_claim mfa;
};
[[nodiscard]] outcome<session_token_input> read_session_token(const form& parameters);

struct federation_token_input {
    std::string name;
    std::chrono::seconds duration{};
    session_policies policies;
    session_tags tags;
    std::optional<unsigned> packed_percent;
};
/// The managed policies must be of the caller's account.
[[nodiscard]] outcome<federation_token_input> read_federation_token(const form& parameters, const arn_parts& caller);

/// AWS shortens in silence what an account's root user asks for.
inline constexpr std::chrono::hours longest_of_root{1};

}  // namespace hourkey::emulator
