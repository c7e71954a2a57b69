#include "clients/cli/commands/commands.hpp"

#include "clients/cli/child_environment.hpp"
#include "clients/cli/environment_text.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/secret_output.hpp"
#include "clients/cli/vend_or_kept.hpp"
#include "os/unique_descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace hourkey::cli {
namespace {

struct env_options {
    server_flags server;
    vend_flags vend;
    std::string format = "export", profile;
    bool reveal = false;
};

result<> append_to(const std::string& file, const secret& text) {
    const os::unique_descriptor to(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    const auto size = static_cast<ssize_t>(text.size());
    if (to && ::write(to.get(), text.expose().data(), text.size()) == size) return {};
    return failure(errc::invalid_configuration,
                   "The file of GITHUB_ENV cannot be written: " + std::string(std::strerror(errno)) + ".");
}

result<std::string> github_file() {
    if (const auto file = find_variable(process_environment, "GITHUB_ENV")) return std::string(*file);
    return failure(errc::invalid_configuration, "GITHUB_ENV names no file.",
                   "The format github is for a step of GitHub Actions.");
}

result<> give_to_github(const environment_changes& changes, const std::string& file) {
    HK_TRY(const auto text, environment_text(environment_format::github, changes, {}));
    HK_CHECK(print_secret(github_masks(changes)));
    return append_to(file, text);
}

result<> show_environment(const env_options& options) {
    HK_CHECK(connection_of(options.vend));
    const auto format = parse_environment_format(options.format).value_or(environment_format::export_);
    HK_CHECK(check_may_print_secrets(options.reveal ? revealing::yes : revealing::no));
    std::string file;
    if (format == environment_format::github) {
        HK_TRY(file, github_file());
    }
    HK_TRY(const auto vended, vend_or_kept(options.server, options.vend));
    const child_identity who{.connection = options.vend.connection,
                             .from = &vended,
                             .region = region_for(options.vend, vended),
                             .keeps_token = true};
    const auto changes = changes_for(who, own_entries());
    if (!file.empty()) return give_to_github(changes, file);
    HK_TRY(const auto text,
           environment_text(format, changes, options.profile.empty() ? options.vend.connection : options.profile));
    return print_secret(text);
}

}  // namespace

command::spec env_command() {
    auto o = std::make_shared<env_options>();
    return {
        .path = "env",
        .summary = "Print a connection's credentials as variables, for a shell or a pipeline to read",
        .text =
            "Prefer `hourkey exec`, which leaves them in no shell. Shells and GitHub also lose the variables that lead "
            "to "
            "another identity.\n\n"
            "  export, fish, powershell, cmd: lines for that shell\n"
            "  dotenv, gitlab: NAME=VALUE, without quotes; a dotenv report of GitLab is an artifact: give it "
            "expire_in and access: none\n"
            "  json: an object\n"
            "  ini: a section of ~/.aws/credentials\n"
            "  github: hides the secrets from the step's log, and adds all to the file of $GITHUB_ENV",
        .options = with_vend_options(
            o->vend, o->server,
            {{.name = "--format",
              .value = "FORMAT",
              .text = "what reads them",
              .target = &o->format,
              .choices = environment_formats()},
             {.name = "--profile",
              .value = "NAME",
              .text = "the section of format ini; else the connection's name",
              .target = &o->profile},
             {.name = "--reveal", .text = "also on a terminal, which keeps what it shows", .target = &o->reveal}}),
        .examples = {{"eval \"$(hourkey env demo)\"", "For what else this shell starts"},
                     {"hourkey env demo --format github", "For the later steps of a job"}},
        .run = ordinary_command([o] { return show_environment(*o); }),
    };
}

}  // namespace hourkey::cli
