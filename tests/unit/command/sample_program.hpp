#pragma once

#include "command/command_line.hpp"
#include "command/spec.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace hourkey::command {

/// Where a sample's values end up, one of each kind.
struct sample_values {
    std::string tenant = "acme", role, file, folder, arn;
    std::vector<std::string> overrides{"as.before=1"}, rest;
    bool real = false, plain = false;
    std::uint16_t port = 8443;
    unsigned threads = 1;
    std::int64_t seconds = 3600;
    std::uint64_t since = 0;
};

/// A program with commands of one and two words and a hidden one; what they are given goes into `v`.
inline program sample_program(sample_values& v) {
    return {
        .name = "sample",
        .version = "1.2.3",
        .summary = "serves tests",
        .groups = {{"token", "Tokens of the API"}},
        .commands =
            {
                {.path = "serve",
                 .summary = "Run it",
                 .text = "It runs\nfor ever.\n\nAs in:\n  sample serve |\n    cat",
                 .options = {{.name = "--port", .value = "PORT", .text = "where", .target = &v.port},
                             {.name = "--threads",
                              .value = "NUMBER",
                              .text = "how many",
                              .target = &v.threads,
                              .range = number_range{1, 64}},
                             {.name = "--aws", .text = "the real one", .target = &v.real},
                             {.name = "--role-arn",
                              .value = "ARN",
                              .text = "which role",
                              .target = &v.arn,
                              .needs = {"--aws"}},
                             {.name = "--plain", .text = "no TLS", .target = &v.plain, .excludes = {"--cert"}},
                             {.name = "--cert",
                              .value = "FILE",
                              .text = "its certificate",
                              .target = &v.file,
                              .form = value_form::existing_file},
                             {.name = "--set", .value = "KEY=VALUE", .text = "over the file", .target = &v.overrides}},
                 .run = [] { return 10; }},
                {.path = "token create",
                 .summary = "Print a new token",
                 .options =
                     {{.name = "--role",
                       .value = "ROLE",
                       .text = "what it may do",
                       .target = &v.role,
                       .choices = {"operator", "admin", "app"},
                       .is_required = true},
                      {.name = "--tenant",
                       .value = "NAME",
                       .text = "whose",
                       .target = &v.tenant,
                       .environment = "HOURKEY_TEST_TENANT"},
                      {.name = "--expires-in-seconds", .value = "SECONDS", .text = "how long", .target = &v.seconds}},
                 .examples = {{"sample token create --role app", "For a job"}},
                 .exit_codes = {{1, "not made"}},
                 .run = [] { return 11; }},
                {.path = "token list",
                 .summary = "List them",
                 .options = {{.name = "--since", .value = "SEQ", .text = "after this", .target = &v.since}},
                 .run = [] { return 12; }},
                {.path = "backup",
                 .summary = "Copy it",
                 .options = {{.name = "--dir",
                              .value = "FOLDER",
                              .text = "where",
                              .target = &v.folder,
                              .form = value_form::folder},
                             {.name = "FILE",
                              .text = "the copy",
                              .target = &v.file,
                              .form = value_form::file,
                              .is_required = true}},
                 .run = [] { return 13; }},
                {.path = "exec",
                 .summary = "Run something",
                 .options = {{.name = "CONNECTION", .text = "which", .target = &v.tenant, .is_required = true},
                             {.name = "WORD", .text = "what to run", .target = &v.rest}},
                 .run = [] { return 14; }},
                {.path = "hidden",
                 .summary = "For programs",
                 .options = {{.name = "--since", .value = "SEQ", .text = "after this", .target = &v.since}},
                 .is_hidden = true,
                 .run = [] { return 15; }},
            },
        .exit_codes = {{0, "done"}, {2, "the command line is wrong"}},
    };
}

/// The words behind the program's name.
inline reading read(const program& of, const std::vector<std::string>& words) {
    std::vector<const char*> argv{of.name.c_str()};
    for (const auto& word : words) argv.push_back(word.c_str());
    return read_command_line(of, static_cast<int>(argv.size()), argv.data());
}

}  // namespace hourkey::command
