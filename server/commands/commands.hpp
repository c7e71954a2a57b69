#pragma once

#include "command/spec.hpp"

namespace hourkey::server {

// Each is a file of its own, and a line in server/main/hourkeyd_program.cpp.
[[nodiscard]] command::spec serve_command();
[[nodiscard]] command::spec token_create_command();
[[nodiscard]] command::spec token_list_command();
[[nodiscard]] command::spec token_revoke_command();
[[nodiscard]] command::spec key_rotate_command();
[[nodiscard]] command::spec key_retire_command();
[[nodiscard]] command::spec key_list_command();
[[nodiscard]] command::spec config_check_command();
[[nodiscard]] command::spec migrate_command();
[[nodiscard]] command::spec backup_command();
[[nodiscard]] command::spec restore_command();
[[nodiscard]] command::spec audit_verify_command();
[[nodiscard]] command::spec audit_export_command();

}  // namespace hourkey::server
