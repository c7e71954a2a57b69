#include "command/command_line.hpp"

#include "command/exit_code.hpp"
#include "sample_program.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace hourkey::command {
namespace {

using line = std::vector<std::string>;

/// An environment variable for as long as it lives.
class variable {
public:
    variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
    ~variable() { ::unsetenv(name_); }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;

private:
    const char* name_;
};

}  // namespace

TEST_CASE("What a command line gives goes into the targets of the command it names") {
    struct row {
        const char* name;
        line words;
        const char* command;
        bool (*holds)(const sample_values&);
    };
    const std::vector<row> rows{
        {"nothing: the defaults stay",
         {"serve"},
         "serve",
         [](auto& v) { return v.port == 8443 && v.overrides == line{"as.before=1"} && !v.real; }},
        {"a number", {"serve", "--port", "0"}, "serve", [](auto& v) { return v.port == 0; }},
        {"with an equal sign", {"serve", "--port=65535"}, "serve", [](auto& v) { return v.port == 65535; }},
        {"a range's ends", {"serve", "--threads", "64"}, "serve", [](auto& v) { return v.threads == 64; }},
        {"a flag and what needs it",
         {"serve", "--role-arn", "a", "--aws"},
         "serve",
         [](auto& v) { return v.real && v.arn == "a"; }},
        {"a flag given twice", {"serve", "--aws", "--aws"}, "serve", [](auto& v) { return v.real; }},
        {"what is repeated, in its order",
         {"serve", "--set", "a.b=1", "--set=c.d=2"},
         "serve",
         [](auto& v) { return v.overrides == line{"a.b=1", "c.d=2"}; }},
        {"a command of two words",
         {"token", "create", "--role", "app", "--expires-in-seconds", "60"},
         "token create",
         [](auto& v) { return v.role == "app" && v.seconds == 60 && v.tenant == "acme"; }},
        {"a value that looks like an option",
         {"token", "create", "--role", "app", "--tenant", "--role"},
         "token create",
         [](auto& v) { return v.tenant == "--role"; }},
        {"an empty value",
         {"token", "create", "--role", "app", "--tenant", ""},
         "token create",
         [](auto& v) { return v.tenant.empty(); }},
        {"nothing behind an equal sign is an empty value, and what follows stays what it is",
         {"token", "create", "--tenant=", "--role", "app"},
         "token create",
         [](auto& v) { return v.tenant.empty() && v.role == "app"; }},
        {"at the end too",
         {"token", "create", "--role=app", "--tenant="},
         "token create",
         [](auto& v) { return v.tenant.empty(); }},
        {"a value that looks like such an option",
         {"token", "create", "--role=app", "--tenant", "--role="},
         "token create",
         [](auto& v) { return v.tenant == "--role="; }},
        {"behind two dashes too",
         {"exec", "prod", "--", "sh", "--x="},
         "exec",
         [](auto& v) { return v.rest == line{"sh", "--x="}; }},
        {"a positional that is also a command",
         {"backup", "token"},
         "backup",
         [](auto& v) { return v.file == "token"; }},
        {"a dash is a word", {"backup", "-"}, "backup", [](auto& v) { return v.file == "-"; }},
        {"what follows two dashes is nobody's option",
         {"exec", "prod", "--", "sh", "-c", "--help", "--", "token"},
         "exec",
         [](auto& v) { return v.tenant == "prod" && v.rest == line{"sh", "-c", "--help", "--", "token"}; }},
        {"nor a command, first or last",
         {"exec", "prod", "--", "token", "create", "--", "exec"},
         "exec",
         [](auto& v) { return v.tenant == "prod" && v.rest == line{"token", "create", "--", "exec"}; }},
        {"an empty word, and one that is a name's beginning",
         {"exec", "prod", "--", "", "-", "--x=", "--rest"},
         "exec",
         [](auto& v) { return v.rest == line{"", "-", "--x=", "--rest"}; }},
        {"a hidden command",
         {"hidden", "--since", "18446744073709551615"},
         "hidden",
         [](auto& v) { return v.since == 18446744073709551615U; }},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        sample_values v;
        const auto of = sample_program(v);
        const auto asked = read(of, r.words);
        if (asked.problem) FAIL_CHECK(asked.problem->message);
        REQUIRE(asked.command != nullptr);
        CHECK(asked.command->path == r.command);
        CHECK(r.holds(v));
    }
}

TEST_CASE("A usage error names the option, what to do and where help is") {
    struct row {
        const char* name;
        line words;
        const char* problem;
        const char* fix;
    };
    const std::vector<row> rows{
        {"nothing at all",
         {},
         "'sample' is not a whole command.",
         "Add one of: serve, token, backup or exec. Help: sample --help"},
        {"half a command",
         {"token"},
         "'sample token' is not a whole command.",
         "Add one of: create or list. Help: sample token --help"},
        {"no such command",
         {"servr"},
         "There is no command 'sample servr'.",
         "Did you mean serve? Help: sample --help"},
        {"nothing like a command",
         {"fly", "away"},
         "There is no command 'sample fly'.",
         "Its commands: serve, token, backup or exec. Help: sample --help"},
        {"no such verb",
         {"token", "crate"},
         "There is no command 'sample token crate'.",
         "Did you mean create? Help: sample token --help"},
        {"no such option",
         {"token", "create", "--rol", "app"},
         "There is no option --rol.",
         "Did you mean --role? Help: sample token create --help"},
        {"nothing like an option, and its value is not said again",
         {"serve", "--secret=s3cret"},
         "There is no option --secret.",
         "Leave it out. Help: sample serve --help"},
        {"an option where a verb is meant",
         {"token", "--role"},
         "'sample token' is not a whole command.",
         "Add one of: create or list. Help: sample token --help"},
        {"an option alone", {"--fly"}, "There is no option --fly.", "Leave it out. Help: sample --help"},
        {"an option before the command",
         {"--prot", "serve"},
         "There is no option --prot.",
         "Did you mean --port? Help: sample serve --help"},
        {"a word too many",
         {"backup", "a", "b"},
         "'b' is one word too many.",
         "Usage: sample backup [OPTION...] FILE. Help: sample backup --help"},
        {"a second command",
         {"serve", "backup"},
         "'backup' is one word too many.",
         "Usage: sample serve [OPTION...]. Help: sample serve --help"},
        {"no value",
         {"token", "create", "--role"},
         "--role lacks its value.",
         "Give --role ROLE. Help: sample token create --help"},
        {"what is required",
         {"token", "create"},
         "--role is missing.",
         "Give --role ROLE: what it may do. Help: sample token create --help"},
        {"a positional that is required",
         {"backup"},
         "FILE is missing.",
         "Give FILE: the copy. Help: sample backup --help"},
        {"none of the choices",
         {"token", "create", "--role", "root"},
         "--role is 'root', which is not one of its values.",
         "Give operator, admin or app. Help: sample token create --help"},
        {"nearly one of the choices",
         {"token", "create", "--role", "oprator"},
         "--role is 'oprator', which is not one of its values.",
         "Did you mean operator? Give operator, admin or app. Help: sample token create --help"},
        {"no number",
         {"serve", "--port", "x"},
         "--port is 'x', which is no whole number from 0 to 65535.",
         "Give one that is. Help: sample serve --help"},
        {"half a number",
         {"serve", "--port", "1x"},
         "--port is '1x', which is no whole number from 0 to 65535.",
         "Give one that is. Help: sample serve --help"},
        {"too large for its type",
         {"serve", "--port", "65536"},
         "--port is '65536', which is no whole number from 0 to 65535.",
         "Give one that is. Help: sample serve --help"},
        {"below the range",
         {"serve", "--threads", "0"},
         "--threads is '0', which is no whole number from 1 to 64.",
         "Give one that is. Help: sample serve --help"},
        {"above the range",
         {"serve", "--threads", "65"},
         "--threads is '65', which is no whole number from 1 to 64.",
         "Give one that is. Help: sample serve --help"},
        {"below nothing",
         {"token", "list", "--since", "-1"},
         "--since is '-1', which is no whole number from 0.",
         "Give one that is. Help: sample token list --help"},
        {"nothing behind an equal sign",
         {"serve", "--port=", "8443"},
         "There is one word too many.",
         "Usage: sample serve [OPTION...]. Help: sample serve --help"},
        {"no number behind an equal sign",
         {"serve", "--port="},
         "--port is '', which is no whole number from 0 to 65535.",
         "Give one that is. Help: sample serve --help"},
        {"a flag with an empty value",
         {"serve", "--aws="},
         "--aws is '', and takes no value.",
         "Give it alone. Help: sample serve --help"},
        {"given twice",
         {"serve", "--port", "1", "--port", "2"},
         "--port is given more than once.",
         "Give it once. Help: sample serve --help"},
        {"without its company",
         {"serve", "--role-arn", "a"},
         "--role-arn means nothing without --aws.",
         "Give --aws too, or leave --role-arn out. Help: sample serve --help"},
        {"in wrong company",
         {"serve", "--plain", "--cert", "/dev/null"},
         "--plain and --cert do not go together.",
         "Leave one of them out. Help: sample serve --help"},
        {"no such file",
         {"serve", "--cert", "/nowhere/x.pem"},
         "--cert is '/nowhere/x.pem', and there is no such file.",
         "Name one that is there and that you may read. Help: sample serve --help"},
        {"a folder where a file is meant",
         {"serve", "--cert", "/"},
         "--cert is '/', which is a folder.",
         "Name a file. Help: sample serve --help"},
        {"a flag with a value",
         {"serve", "--aws=maybe"},
         "--aws is 'maybe', and takes no value.",
         "Give it alone. Help: sample serve --help"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        sample_values v;
        const auto asked = read(sample_program(v), r.words);
        REQUIRE(asked.problem);
        CHECK(asked.problem->message == r.problem);
        CHECK(asked.problem->hint == r.fix);
        CHECK(exit_code_of(asked.problem->code) == exit_usage);
    }
}

TEST_CASE("No error says a token again, wherever on the command line it stands") {
    const std::string token = "hk_admin_01KAP2Z0FQ4W8Y6N3M5T7V9XBD_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3aB4_0aB1cD";
    struct row {
        const char* name;
        line words;
        const char* problem;
    };
    for (const auto& r : std::vector<row>{
             {"a command", {token}, "What follows 'sample' is no command of it."},
             {"a verb", {"token", token}, "What follows 'sample token' is no command of it."},
             {"a word too many", {"token", "list", token}, "There is one word too many."},
             {"an option", {"serve", "--" + token}, "There is an option that is none."},
             {"an option before the command", {"--" + token, "x"}, "There is no command 'sample x'."},
             {"the value of none", {"serve", "--token=" + token}, "There is no option --token."},
             {"a choice",
              {"token", "create", "--role", token},
              "--role is what looks like a secret, which is not one of its values."},
             {"a number",
              {"serve", "--port=" + token},
              "--port is what looks like a secret, which is no whole number from 0 to 65535."},
             {"a file", {"serve", "--cert", token}, "--cert is what looks like a secret, and there is no such file."},
             {"a flag's value", {"serve", "--aws=" + token}, "--aws is what looks like a secret, and takes no value."},
         }) {
        CAPTURE(r.name);
        sample_values v;
        const auto asked = read(sample_program(v), r.words);
        REQUIRE(asked.problem);
        CHECK(asked.problem->message == r.problem);
        CHECK(asked.problem->hint.find("hk_") == std::string::npos);
    }
}

TEST_CASE("The environment gives what the command line does not") {
    const variable tenant("HOURKEY_TEST_TENANT", "corp");
    sample_values v;
    const auto of = sample_program(v);
    CHECK_FALSE(read(of, {"token", "create", "--role", "app"}).problem);
    CHECK(v.tenant == "corp");
    CHECK_FALSE(read(of, {"token", "create", "--role", "app", "--tenant", "mine"}).problem);
    CHECK(v.tenant == "mine");
}

TEST_CASE("Help goes before everything that is wrong, and runs nothing") {
    sample_values v;
    const auto of = sample_program(v);
    for (const auto& words : std::vector<line>{{"--help"}, {"-h"}, {"fly", "--help"}}) {
        const auto asked = read(of, words);
        CHECK(asked.command == nullptr);
        CHECK(asked.text.starts_with("sample 1.2.3: serves tests.\n"));
    }
    CHECK(read(of, {"token", "create", "--help"}).text.starts_with("Print a new token.\n"));
    CHECK(read(of, {"token", "--help"}).text.starts_with("Tokens of the API.\n"));
    for (const auto& words : std::vector<line>{
             {"token", "--help", "create"}, {"--help", "token", "create"}, {"token", "-h", "create", "x"}}) {
        CAPTURE(words.front());
        const auto asked = read(of, words);
        CHECK(asked.command == nullptr);
        CHECK(asked.text.starts_with("Print a new token.\n"));
    }
    CHECK(read(of, {"--version"}).text == "1.2.3\n");
}

TEST_CASE("The exit code is the command's, or that of its own way to tell of a usage error") {
    sample_values v;
    auto of = sample_program(v);
    const char* good[] = {"sample", "token", "list"};
    CHECK(run(of, 3, good) == 12);
    of.commands[0].report_usage = [](const failure& why) { return why.message.empty() ? 0 : 42; };
    const char* bad[] = {"sample", "serve", "--fly"};
    CHECK(run(of, 3, bad) == 42);
}

}  // namespace hourkey::command
