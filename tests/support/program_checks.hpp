#pragma once

#include "command/command_line.hpp"
#include "command/spec.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourkey::test {

/// What each command of a program says of itself holds together. `list`: the file that has its groups.
inline void check_commands(const command::program& program, const char* list) {
    for (const auto& c : program.commands) {
        INFO(c.path);
        CHECK(command::find_command(program, c.path) == &c);
        CHECK_FALSE(c.summary.empty());
        CHECK_FALSE(c.summary.ends_with('.'));
        CHECK(c.run != nullptr);
        CHECK((c.is_hidden || !c.examples.empty() || c.path == "completion"));
        if (const auto gap = c.path.find(' '); gap != std::string::npos)
            CHECK_MESSAGE(command::find_group(program, c.path.substr(0, gap)) != nullptr,
                          "add its first word to the groups of " << list);
        for (const auto& o : c.options) {
            INFO(o.name);
            CHECK(command::find_option(c, o.name) == &o);
            CHECK_FALSE(o.text.empty());
            CHECK(o.value.empty() == (command::is_flag(o) || command::is_positional(o)));
            CHECK(std::visit([](const auto* target) { return target != nullptr; }, o.target));
            for (const auto& name : o.needs) CHECK(command::find_option(c, name) != nullptr);
            for (const auto& name : o.excludes) CHECK(command::find_option(c, name) != nullptr);
        }
    }
}

/// The words of an example, or of what a shell takes out of it by `$(...)`, with a file that is there for each that it
/// names.
inline std::vector<std::string> words_of(std::string_view line) {
    if (const auto inner = line.find("$("); inner != std::string_view::npos)
        line = line.substr(inner + 2, line.find(')', inner) - inner - 2);
    std::vector<std::string> words;
    std::istringstream in{std::string(line)};
    for (std::string word; in >> word;) words.push_back(word.starts_with('/') ? "/dev/null" : word);
    return words;
}

/// Each example is a line that its command takes.
inline void check_examples(const command::program& program) {
    for (const auto& c : program.commands)
        for (const auto& e : c.examples) {
            INFO(e.line);
            const auto words = words_of(e.line);
            std::vector<const char*> argv;
            for (const auto& word : words) argv.push_back(word.c_str());
            const auto asked = command::read_command_line(program, static_cast<int>(argv.size()), argv.data());
            CHECK(asked.command == &c);
            if (asked.problem) FAIL_CHECK(asked.problem->message);
        }
}

}  // namespace hourkey::test
