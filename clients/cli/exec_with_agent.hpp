#pragma once

#include "clients/cli/agent_service.hpp"
#include "clients/cli/child_environment.hpp"
#include "clients/cli/settings.hpp"
#include "clients/cli/vend.hpp"
#include "core/failure.hpp"

#include <string>
#include <vector>

namespace hourkey::cli {

struct agent_run {
    const server_flags& server;
    const vend_flags& vend;
    const agent_flags& agent;
    const std::vector<std::string>& words;  ///< the program and what it is given
    inheritance what = inheritance::all;
    bool keeps_token = false;
};

/// A program, and an agent beside it for as long as it runs. Its credentials are there before it starts, else it does
/// not. Signals that the terminal has not sent to both are passed on. The exit code is the program's, or 128 and the
/// number of the signal that ended it.
[[nodiscard]] result<int> exec_with_agent(const agent_run& run);

}  // namespace hourkey::cli
