#include "clients/cli/commands/commands.hpp"

#include "clients/cli/become.hpp"
#include "clients/cli/child_environment.hpp"
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
    return exec_with_keys(options);
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
            "The credentials end after an hour, or when AWS_CREDENTIAL_EXPIRATION says.",
        .options =
            with_vend_options(o->vend, o->server,
                              {{.name = "COMMAND",
                                .text = "the program and what it is to be given, best behind --",
                                .target = &o->words,
                                .is_required = true},
                               {.name = "--pristine",
                                .text = "it has nothing of this environment but PATH, HOME, the locale and their like",
                                .target = &o->pristine},
                               {.name = "--keep-token",
                                .text = "it keeps HOURKEY_TOKEN and HOURKEY_TOKEN_FILE, to ask hourkey itself",
                                .target = &o->keeps_token}}),
        .examples = {{"hourkey exec demo -- aws sts get-caller-identity", "Who am I at AWS"},
                     {"hourkey exec sls-api-services --region eu-west-1 -- serverless deploy", "A deployment"}},
        .exit_codes = {{exit_cannot_run, "the program cannot be run"},
                       {exit_no_such_program, "there is no such program"}},
        .run = ordinary_command([o] { return exec(*o); }),
    };
}

}  // namespace hourkey::cli
