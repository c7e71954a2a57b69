#include "clients/cli/program.hpp"

#include "clients/cli/commands/commands.hpp"
#include "clients/cli/version.hpp"
#include "command/exit_code.hpp"
#include "command/generated_commands.hpp"

namespace hourkey::cli {

command::program hourkey_program() {
    return {
        .name = "hourkey",
        .version = std::string(version),
        .summary = "gets AWS credentials of one hour from a hourkey server, for every tool",
        .text = "New here? Run: hourkey login --server https://HOST",
        .groups = {{"context", "Servers and tokens that are kept"}},
        .commands =
            {
                exec_command(),
                agent_command(),
                credential_process_command(),
                env_command(),
                print_command(),
                configure_command(),
                login_command(),
                logout_command(),
                context_list_command(),
                context_use_command(),
                whoami_command(),
                doctor_command(),
                command::completion_command(hourkey_program),
                command::complete_command(hourkey_program),
                command::manual_command(hourkey_program),
            },
        .exit_codes =
            {
                {command::exit_ok, "done"},
                {command::exit_found_wrong, "a check found something wrong"},
                {command::exit_usage, "the command line, a variable or a file is wrong"},
                {command::exit_denied, "denied"},
                {command::exit_not_found, "what was named is not there"},
                {command::exit_unavailable, "the server or AWS is not available"},
            },
    };
}

}  // namespace hourkey::cli
