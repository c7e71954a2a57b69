#pragma once

#include <string_view>

namespace hourkey::emulator {

/// What IAM takes as the value of a Date operator: ISO 8601 with or without its later parts
/// (https://www.w3.org/TR/NOTE-datetime), or whole seconds of the epoch.
[[nodiscard]] bool is_policy_date(std::string_view text) noexcept;

}  // namespace hourkey::emulator
