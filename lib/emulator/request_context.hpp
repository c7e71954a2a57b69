#pragma once

#include "emulator/assume_role.hpp"
#include "emulator/condition.hpp"
#include "emulator/principal.hpp"
#include "emulator/request.hpp"

namespace hourkey::emulator {

/// The condition keys of every request: where it came from and when.
[[nodiscard]] condition_context context_of(const request& asked, wall_time now);

/// Those of who signed. `mfa`: whether a right code came with this very request.
void add_caller(condition_context& context, const principal& caller, std::string_view region, mfa_proof mfa,
                wall_time now);

/// Those of AssumeRole's parameters.
void add_parameters(condition_context& context, const assume_role_input& in, bool has_duration);

}  // namespace hourkey::emulator
