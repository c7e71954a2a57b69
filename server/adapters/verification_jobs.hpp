#pragma once

#include "core/task.hpp"
#include "jobs/runner.hpp"
#include "linking/linker.hpp"
#include "model/job.hpp"

namespace hourkey::server {

/// Makes a verification again whose verdict was not stored.
[[nodiscard]] task<jobs::outcome> finish_verification(const linking::linker& links, model::job j);
/// Looks at a connection in use, and says when the next look is due.
[[nodiscard]] task<jobs::outcome> recheck_connection(const linking::linker& links, model::job j);

}  // namespace hourkey::server
