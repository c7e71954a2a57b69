#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::server {

/// DESIGN: 0 ok, 2 usage, 3 denied, 4 not found, 5 unavailable; 1 for a check that found something wrong.
enum exit_code : int {
    exit_ok = 0,
    exit_found_wrong = 1,
    exit_usage = 2,
    exit_denied = 3,
    exit_not_found = 4,
    exit_unavailable = 5
};

/// Tells of a failure on standard error: the message, what to do now, the cause. Returns the exit code.
[[nodiscard]] int report(const failure& why);

/// Tells why the server did not start: as a log line like all that follow it, when nobody looks at a terminal.
[[nodiscard]] int report_start(const failure& why);

/// Exit code 0, or the failure told and its code.
[[nodiscard]] int finish(const result<>& done);
[[nodiscard]] int finish(const result<int>& done);

/// A line on standard output, which has it afterwards: store_unavailable when not (a full disk, nobody who reads).
[[nodiscard]] result<> print_line(const std::string& line);

}  // namespace hourkey::server
