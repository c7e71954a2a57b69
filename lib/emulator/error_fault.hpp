#pragma once

#include "emulator/answer.hpp"
#include "emulator/fault_plan.hpp"

#include <string>
#include <string_view>

namespace hourkey::emulator {

/// The answer of a fault of stage error; the operation does not take place.
[[nodiscard]] answer error_answer(const fault_rule& rule, const std::string& request_id);

/// The wire code of that answer, for the history; "" when it has none.
[[nodiscard]] std::string_view error_code(fault f) noexcept;

}  // namespace hourkey::emulator
