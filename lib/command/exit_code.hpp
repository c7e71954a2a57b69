#pragma once

#include "core/failure.hpp"

#include <string_view>

namespace hourkey::command {

/// What our programs end with; `exec` alone ends with its child's.
enum exit_code : int {
    exit_ok = 0,
    exit_found_wrong = 1,  ///< a check that found something wrong
    exit_usage = 2,
    exit_denied = 3,
    exit_not_found = 4,
    exit_unavailable = 5
};

[[nodiscard]] int exit_code_of(errc code) noexcept;

/// Tells of a failure on standard error: the message, what to do now, the cause, the
/// server's request id. Returns the exit code.
[[nodiscard]] int report(std::string_view program, const failure& why);

}  // namespace hourkey::command
