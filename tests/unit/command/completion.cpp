#include "command/completion.hpp"

#include "command/completion_script.hpp"
#include "sample_program.hpp"

#include <doctest/doctest.h>

namespace hourkey::command {

TEST_CASE("What may stand in a place follows from the words before it") {
    struct row {
        const char* name;
        std::vector<std::string> line;
        std::vector<std::string> wanted;
        value_form files = value_form::text;
    };
    const std::vector<row> rows{
        {"the first word", {""}, {"serve", "token", "backup", "exec"}},
        {"no word at all", {}, {"serve", "token", "backup", "exec"}},
        {"a command's beginning", {"to"}, {"token"}},
        {"a verb", {"token", ""}, {"create", "list"}},
        {"nothing begins so", {"token", "x"}, {}},
        {"options of the program", {"-"}, {"--help"}},
        {"options of the command", {"token", "create", "--"}, {"--role", "--tenant", "--expires-in-seconds", "--help"}},
        {"without positionals, also before a dash", {"token", "list", ""}, {"--since", "--help"}},
        {"an option's beginning", {"token", "create", "--e"}, {"--expires-in-seconds"}},
        {"not what was given, but for what may be repeated",
         {"serve", "--set", "a=1", "--cert", "x", "--p"},
         {"--port", "--plain"}},
        {"what may be repeated", {"serve", "--set", "a=1", "--s"}, {"--set"}},
        {"choices", {"token", "create", "--role", ""}, {"operator", "admin", "app"}},
        {"choices that begin so", {"token", "create", "--role", "a"}, {"admin", "app"}},
        {"choices behind an equal sign", {"token", "create", "--role=a"}, {"--role=admin", "--role=app"}},
        {"as bash cuts it, at the equal sign", {"token", "create", "--role", "="}, {"operator", "admin", "app"}},
        {"as bash cuts it", {"token", "create", "--role", "=", "a"}, {"admin", "app"}},
        {"as bash cuts a value", {"serve", "--set", "a.b", "=", "1", "--p"}, {"--port", "--plain"}},
        {"in the midst of it, at the equal sign", {"serve", "--set", "a.b", "="}, {}},
        {"in the midst of it", {"serve", "--set", "a.b", "=", "t"}, {}},
        {"as bash cuts both", {"serve", "--set", "=", "a.b", "=", "1", "--p"}, {"--port", "--plain"}},
        {"as bash cuts a URL",
         {"serve", "--set", "a", "=", "https", ":", "//x", ":", "1", "--p"},
         {"--port", "--plain"}},
        {"as bash cuts a positional", {"backup", "a", "=", "b", ""}, {"--dir", "--help"}},
        {"a value is no command", {"token", "create", "--tenant", "list", "--r"}, {"--role"}},
        {"a text has no candidates", {"token", "create", "--tenant", ""}, {}},
        {"a file", {"serve", "--cert", ""}, {}, value_form::existing_file},
        {"a folder", {"backup", "--dir", ""}, {}, value_form::folder},
        {"a positional", {"backup", ""}, {}, value_form::file},
        {"after the last positional", {"backup", "x", ""}, {"--dir", "--help"}},
        {"after two dashes there are no options", {"exec", "prod", "--", "-"}, {}},
        {"a hidden command is not offered", {"hid"}, {}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        sample_values v;
        const auto found = complete(sample_program(v), r.line);
        std::vector<std::string> words;
        for (const auto& c : found.candidates) words.push_back(c.word);
        CHECK(words == r.wanted);
        CHECK(found.files == r.files);
    }
}

TEST_CASE("Scripts read a candidate a line, its text behind a tab, and at last whether files do") {
    CHECK(lines_of({{{"--port", "where"}, {"app", ""}}, value_form::text}) == "--port\twhere\napp\n");
    CHECK(lines_of({{}, value_form::existing_file}) == ":files\n");
    CHECK(lines_of({{}, value_form::folder}) == ":folders\n");
}

TEST_CASE("A script is one program's, whatever its name") {
    for (const auto* shell : {"bash", "zsh", "fish"}) {
        CAPTURE(shell);
        const auto script = completion_script("my-sample", shell);
        CHECK(script.find("my_sample") != std::string::npos);
        CHECK(script.find("made by: my-sample completion " + std::string(shell)) != std::string::npos);
        for (const auto* left : {"PROGRAM", "FUNCTION"}) CHECK(script.find(left) == std::string::npos);
    }
    CHECK(completion_script("sample", "csh").empty());
}

}  // namespace hourkey::command
