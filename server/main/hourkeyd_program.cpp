#include "server/main/hourkeyd_program.hpp"

#include "command/exit_code.hpp"
#include "command/generated_commands.hpp"
#include "server/commands/commands.hpp"
#include "server/dev/dev_mode.hpp"
#include "server/version.hpp"

namespace hourkey::server {

command::program hourkeyd_program() {
    return {
        .name = "hourkeyd",
        .version = std::string(version),
        .summary = "vends one-hour AWS credentials",
        .text = "New here? Run: hourkeyd dev",
        .groups = {{"token", "Tokens of the API"},
                   {"key", "Server keys"},
                   {"config", "The configuration"},
                   {"audit", "The audit log"}},
        .commands =
            {
                serve_command(),
                dev_command(),
                token_create_command(),
                token_list_command(),
                token_revoke_command(),
                key_rotate_command(),
                key_retire_command(),
                key_list_command(),
                config_check_command(),
                migrate_command(),
                backup_command(),
                restore_command(),
                audit_verify_command(),
                audit_export_command(),
                command::completion_command(hourkeyd_program),
                command::complete_command(hourkeyd_program),
                command::manual_command(hourkeyd_program),
            },
        .exit_codes =
            {
                {command::exit_ok, "done"},
                {command::exit_found_wrong, "a check found something wrong"},
                {command::exit_usage, "the command line or the configuration is wrong"},
                {command::exit_denied, "denied"},
                {command::exit_not_found, "what was named is not there"},
                {command::exit_unavailable, "the server, its store or AWS is not available"},
            },
    };
}

}  // namespace hourkey::server
