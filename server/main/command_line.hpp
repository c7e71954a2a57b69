#pragma once

namespace hourkey::server {

/// Reads hourkeyd's command line and runs the command that it names, each a file of server/commands. Returns the exit
/// code.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

}  // namespace hourkey::server
