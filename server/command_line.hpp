#pragma once

namespace hourkey::server {

/// DESIGN: 0 ok, 2 usage, 3 denied, 4 not found, 5 unavailable; 1 for a check that found something wrong.
enum exit_code : int { exit_ok = 0, exit_found_wrong = 1, exit_usage = 2, exit_denied = 3, exit_not_found = 4, exit_unavailable = 5 };

/// hourkeyd's commands: serve, dev, token create, config check, migrate, backup, restore --check, audit verify.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

}  // namespace hourkey::server
