#pragma once

#include "core/failure.hpp"

#include <string_view>

namespace hourkey::emulator {

/// Whether a condition key has many values. Fails for a key that the emulator cannot tell the value of (an
/// organisation's id, a session's context): a condition on it would be decided by chance.
[[nodiscard]] result<bool> find_condition_key(std::string_view key);

}  // namespace hourkey::emulator
