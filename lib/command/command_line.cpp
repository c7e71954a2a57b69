#include "command/command_line.hpp"

#include "command/exit_code.hpp"
#include "command/help.hpp"
#include "command/nearest.hpp"
#include "command/option_text.hpp"
#include "command/said_again.hpp"
#include "command/standard_output.hpp"
#include "command/targets.hpp"
#include "command/words.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

failure wrong(std::string what, std::string fix) {
    return failure(errc::invalid_configuration, std::move(what), std::move(fix));
}

std::string suggestion(const std::string& meant) { return "Did you mean " + meant + "?"; }

failure unknown_option(const spec* c, const std::string& word) {
    const auto name = word.substr(0, word.find('='));
    if (!may_be_said(name)) return wrong("There is an option that is none.", "Leave it out.");
    std::vector<std::string> names{"--help"};
    if (c != nullptr)
        for (const auto& o : c->options)
            if (!is_positional(o)) names.push_back(o.name);
    const auto meant = nearest(name, names);
    return wrong("There is no option " + name + ".", meant.empty() ? "Leave it out." : suggestion(meant));
}

failure unknown_command(const program& of, const std::string& path, const std::string& word) {
    const auto known = next_words(of, path);
    const auto meant = nearest(word, known);
    const auto named = full_name(of, path);
    return wrong(may_be_said(word) ? "There is no command '" + named + " " + word + "'."
                                   : "What follows '" + named + "' is no command of it.",
                 meant.empty() ? "Its commands: " + either_of(known) + "." : suggestion(meant));
}

failure incomplete_command(const program& of, const words& line) {
    const auto is_option = [](const std::string& word) { return word.starts_with('-'); };
    if (const auto word = std::ranges::find_if_not(line.unknown, is_option); word != line.unknown.end())
        return unknown_command(of, line.path, *word);
    if (line.path.empty() && !line.unknown.empty()) return unknown_option(nullptr, line.unknown.front());
    return wrong("'" + full_name(of, line.path) + "' is not a whole command.",
                 "Add one of: " + either_of(next_words(of, line.path)) + ".");
}

failure unknown_word(const program& of, const spec& c, const std::string& word) {
    if (word.starts_with('-')) return unknown_option(&c, word);
    return wrong(may_be_said(word) ? "'" + word + "' is one word too many." : "There is one word too many.",
                 "Usage: " + usage_of(of, c) + ".");
}

failure missing_value(const program& of, const spec& c, const std::string& name) {
    const auto* o = find_option(c, name);
    if (o == nullptr) return wrong("An option lacks its value.", "Usage: " + usage_of(of, c) + ".");
    return wrong(name + " lacks its value.", "Give " + syntax_of(*o) + ".");
}

std::optional<failure> problem_of(const program& of, const words& line) {
    const auto* c = find_command(of, line.path);
    if (c == nullptr) return incomplete_command(of, line);
    if (!line.unknown.empty()) return unknown_word(of, *c, line.unknown.front());
    if (!line.without_value.empty()) return missing_value(of, *c, line.without_value);
    if (auto filled = fill_targets(*c, line.values); !filled) return std::move(filled).error();
    return std::nullopt;
}

}  // namespace

reading read_command_line(const program& of, int argc, const char* const* argv) {
    const auto line = take_apart(of, argc, argv);
    if (line.asks_help) return {nullptr, help_of(of, line.path), {}};
    if (line.asks_version) return {nullptr, of.version + "\n", {}};
    auto problem = problem_of(of, line);
    if (problem) problem->hint += " Help: " + full_name(of, line.path) + " --help";
    return {find_command(of, line.path), {}, std::move(problem)};
}

int run(const program& of, int argc, const char* const* argv) {
    const auto asked = read_command_line(of, argc, argv);
    if (asked.problem) {
        const auto report_usage = asked.command == nullptr ? nullptr : asked.command->report_usage;
        return report_usage != nullptr ? report_usage(*asked.problem) : report(of.name, *asked.problem);
    }
    if (asked.command != nullptr) return asked.command->run();
    const auto printed = print(asked.text);
    return printed ? static_cast<int>(exit_ok) : report(of.name, printed.error());
}

}  // namespace hourkey::command
