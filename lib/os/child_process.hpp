#pragma once

#include "core/deadline.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace hourkey::os {

/// What became of a program that gave no output to use. `what` goes on from its name: "ended with exit code 3"; it
/// never quotes what was written.
struct child_failure {
    std::string what;
    std::string cause = {};  ///< the system's words, or empty
};

using child_output = boost::system::result<secret, child_failure>;

/// Above all that hourkey runs programs for: a credential document is under 8 KiB.
inline constexpr std::size_t max_child_output_bytes = 64 * 1024;

/// Runs a program of its own process group (found by PATH) and returns what it had written to standard output when it
/// ended with exit code 0. What it leaves running behind it is not waited for, though it may hold that output open, and
/// lives on: an agent, a cache. Standard input and standard error are /dev/null, no other descriptor is passed on, nor
/// a HOURKEY_ variable. Past the deadline, above the output limit, and when the coroutine is destroyed, the whole group
/// is killed.
[[nodiscard]] task<child_output> run_child(std::vector<std::string> arguments, deadline until);

/// Waits for children that this process did not start: as process 1 of a container, or as a subreaper (prctl(2)), it
/// gets those whose parents have ended, and they stay zombies until it does. Nothing otherwise. Not while a
/// run_child() is under way.
void reap_orphans() noexcept;

}  // namespace hourkey::os
