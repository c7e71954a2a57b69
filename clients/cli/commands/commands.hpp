#pragma once

#include "command/spec.hpp"

namespace hourkey::cli {

// Each is a file of its own, and a line in clients/cli/program.cpp.
[[nodiscard]] command::spec login_command();
[[nodiscard]] command::spec logout_command();
[[nodiscard]] command::spec context_list_command();
[[nodiscard]] command::spec context_use_command();
[[nodiscard]] command::spec whoami_command();
[[nodiscard]] command::spec exec_command();
[[nodiscard]] command::spec agent_command();
[[nodiscard]] command::spec credential_process_command();
[[nodiscard]] command::spec env_command();
[[nodiscard]] command::spec print_command();
[[nodiscard]] command::spec configure_command();
[[nodiscard]] command::spec doctor_command();

}  // namespace hourkey::cli
