#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::sts {

/// Splits a command as a POSIX shell would split words: blanks, single quotes, double quotes, backslash. Nothing is
/// expanded and no shell ever runs. Fails with invalid_configuration on an open quote or an empty command.
[[nodiscard]] result<std::vector<std::string>> split_arguments(std::string_view command);

/// A credential document is under 8 KiB.
inline constexpr std::size_t max_process_output_bytes = 64 * 1024;

/// Runs a program of its own process group (found by PATH) and returns what it wrote to standard output. Standard input and
/// standard error are /dev/null, no other descriptor is passed on, nor a HOURKEY_ variable. Past the deadline, above the
/// output limit, and when the coroutine is destroyed, the whole group is killed.
/// Fails with base_credentials_unavailable; the hint tells the exit code, never the output.
[[nodiscard]] task<result<secret>> run_process(std::vector<std::string> arguments, deadline until);

}  // namespace hourkey::sts
