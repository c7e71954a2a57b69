#include "clients/cli/commands/commands.hpp"

#include "clients/cli/become.hpp"
#include "clients/cli/child_environment.hpp"
#include "clients/cli/exec_with_agent.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/vend.hpp"
#include "clients/cli/vend_or_kept.hpp"

#include <memory>

namespace hourkey::cli {
namespace {

struct exec_options {
    server_flags server;
    vend_flags vend;
    std::vector<std::string> words;
    bool pristine = false;
    bool keeps_token = false;
    bool has_agent = false;
    agent_flags agent;
};

inheritance inherited(const exec_options& options) {
    return options.pristine ? inheritance::pristine : inheritance::all;
}

/// The keys in the environment, and no parent: signals and exit code are the program's own.
result<int> exec_with_keys(const exec_options& options) {
    HK_TRY(const auto vended, vend_or_kept(options.server, options.vend));
    const child_identity who{.connection = options.vend.connection,
                             .from = &vended,
                             .region = region_for(options.vend, vended),
                             .keeps_token = options.keeps_token};
    const auto entries = own_entries();
    const auto changes = changes_for(who, entries);
    for (const auto& sentence : changes.notes) note(sentence);
    return become(options.words, changed(entries, changes, inherited(options)));
}

result<int> exec(const exec_options& options) {
    HK_CHECK(connection_of(options.vend));
    if (const int missing = check_program(options.words.front()); missing != 0) return missing;
    if (!options.has_agent) return exec_with_keys(options);
    return exec_with_agent({.server = options.server,
                            .vend = options.vend,
                            .agent = options.agent,
                            .words = options.words,
                            .what = inherited(options),
                            .keeps_token = options.keeps_token});
}

std::vector<command::option> own_options(exec_options& o) {
    std::vector<command::option> out{
        {.name = "COMMAND",
         .text = "the program and what it is to be given, best behind --",
         .target = &o.words,
         .is_required = true},
        {.name = "--pristine",
         .text = "it has nothing of this environment but PATH, HOME, the locale and their like",
         .target = &o.pristine},
        {.name = "--keep-token",
         .text = "it keeps HOURKEY_TOKEN and HOURKEY_TOKEN_FILE, to ask hourkey itself",
         .target = &o.keeps_token},
        {.name = "--agent",
         .text = "credentials that are renewed for as long as it runs, from an agent beside it",
         .target = &o.has_agent}};
    for (auto& one : with_agent_options(o.agent, {})) {
        one.needs = {"--agent"};
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

command::spec exec_command() {
    auto o = std::make_shared<exec_options>();
    return {
        .path = "exec",
        .summary = "Run a program with a connection's credentials, and with no others",
        .text =
            "The credentials stand in its environment; the program takes this process's place, so that signals and the "
            "exit code are its own. Variables that lead to another identity are left out: AWS_PROFILE and its like, "
            "container and web identity variables, AWS_<STAGE>_* of the Serverless Framework, HOURKEY_TOKEN and "
            "HOURKEY_TOKEN_FILE. The instance's own role is switched off (AWS_EC2_METADATA_DISABLED), lest a tool "
            "signs "
            "with it in silence.\n\n"
            "The credentials end after an hour, or when AWS_CREDENTIAL_EXPIRATION says. For what runs longer there is "
            "--agent: hourkey stays beside the program, which fetches them as in a container, and renews them at half "
            "of their life. While the server is down the agent hands out what it has until that ends, and says so; "
            "what "
            "the server refuses it hands out no longer. The program's exit code is passed on, or 128 and the number of "
            "the signal that ended it; signals are passed on that the terminal has not sent to both. The user's own "
            "AWS files are hidden from it, as keys under [default] would be taken instead: give --region where they "
            "say it.",
        .options = with_vend_options(o->vend, o->server, own_options(*o)),
        .examples = {{"hourkey exec demo -- aws sts get-caller-identity", "Who am I at AWS"},
                     {"hourkey exec sls-api-services --region eu-west-1 -- serverless deploy", "A deployment"},
                     {"hourkey exec prod --agent -- terraform apply", "One that may take hours"}},
        .exit_codes = {{exit_cannot_run, "the program cannot be run"},
                       {exit_no_such_program, "there is no such program"}},
        .run = ordinary_command([o] { return exec(*o); }),
    };
}

}  // namespace hourkey::cli
