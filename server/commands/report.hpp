#pragma once

#include "command/exit_code.hpp"
#include "command/standard_output.hpp"

namespace hourkey::server {

using command::print_line;
using enum command::exit_code;

/// Tells of a failure on standard error: the message, what to do now, the cause. Returns the exit code.
[[nodiscard]] int report(const failure& why);

/// Tells why the server did not start: as a log line like all that follow it, when nobody looks at a terminal.
[[nodiscard]] int report_start(const failure& why);

/// Exit code 0, or the failure told and its code.
[[nodiscard]] int finish(const result<>& done);
[[nodiscard]] int finish(const result<int>& done);

}  // namespace hourkey::server
