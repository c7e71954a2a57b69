#pragma once

#include "core/deadline.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::credentials {

/// Splits a command as a POSIX shell would split words: blanks, single quotes, double quotes, backslash. Nothing is
/// expanded and no shell ever runs. Fails with invalid_configuration on an open quote or an empty command.
[[nodiscard]] result<std::vector<std::string>> split_arguments(std::string_view command);

/// A credential document is under 8 KiB.
inline constexpr std::size_t max_process_output_bytes = 64 * 1024;

/// Runs a program of its own process group (found by PATH) and returns what it had written to standard output when it
/// ended. What it leaves running behind it is not waited for, though it may hold that output open, and lives on: an
/// agent, a cache. Standard input and standard error are /dev/null, no other descriptor is passed on, nor a HOURKEY_
/// variable. Past the deadline, above the output limit, and when the coroutine is destroyed, the whole group is killed.
/// Fails with base_credentials_unavailable; the hint tells the exit code, never the output.
[[nodiscard]] task<result<secret>> run_process(std::vector<std::string> arguments, deadline until);

/// Waits for children that this process did not start: as process 1 of a container, or as a subreaper (prctl(2)), it
/// gets those whose parents have ended, and they stay zombies until it does. Nothing otherwise. Not while a
/// run_process() is under way.
void reap_orphans() noexcept;

}  // namespace hourkey::credentials
