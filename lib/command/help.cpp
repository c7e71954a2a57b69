#include "command/help.hpp"

#include "command/option_text.hpp"
#include "command/prose.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::command {
namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

/// Two columns; a first one that is too wide for its place has a line of its own.
std::string table(const std::string& title, const rows& of) {
    if (of.empty()) return {};
    constexpr std::size_t widest = 28;
    std::size_t width = 0;
    for (const auto& [left, right] : of)
        if (left.size() <= widest) width = std::max(width, left.size());
    const auto indentation = width + 4;
    auto out = "\n" + title + ":\n";
    for (const auto& [left, right] : of) {
        out += "  " + left;
        if (left.size() > width) {
            out.append("\n").append(indentation, ' ');
        } else {
            out.append(indentation - 2 - left.size(), ' ');
        }
        out += wrapped(right, indentation) + "\n";
    }
    return out;
}

std::string prose(std::string_view text) {
    std::string out;
    for (const auto& block : blocks_of(text)) {
        out += "\n";
        for (const auto& line : block.lines) out += block.is_verbatim ? "  " + line + "\n" : wrapped(line) + "\n";
    }
    return out;
}

std::string examples(const std::vector<example>& of) {
    if (of.empty()) return {};
    std::string out = of.size() == 1 ? "\nExample:\n" : "\nExamples:\n";
    for (const auto& e : of) out += "  " + wrapped(sentence(e.text), 2) + "\n    $ " + e.line + "\n";
    return out;
}

rows exit_rows(const std::vector<exit_meaning>& of) {
    rows out;
    for (const auto& e : of) out.emplace_back(std::to_string(e.code), e.meaning);
    return out;
}

rows option_rows(const spec& c) {
    rows out;
    for (const auto& o : c.options) out.emplace_back(syntax_of(o), description_of(o));
    return out;
}

std::string command_help(const program& of, const spec& c) {
    return wrapped(sentence(c.summary)) + "\n\nUsage: " + wrapped(usage_of(of, c), 7) + "\n" + prose(c.text) +
           table("Options", option_rows(c)) + table("Exit codes of its own", exit_rows(c.exit_codes)) +
           examples(c.examples);
}

std::string list_help(const program& of, std::string_view path, const std::string& begin) {
    rows commands;
    const auto prefix = path.empty() ? std::string() : std::string(path) + " ";
    for (const auto& c : of.commands)
        if (!c.is_hidden && c.path.starts_with(prefix)) commands.emplace_back(c.path, c.summary);
    return begin + "\nUsage: " + full_name(of, path) + " COMMAND [OPTION...]\n" + table("Commands", commands) +
           "\nOf each: " + of.name + " COMMAND --help\n";
}

std::string group_help(const program& of, std::string_view path) {
    const auto* g = find_group(of, path);
    return list_help(of, path, wrapped(g == nullptr ? std::string(path) : sentence(g->summary)) + "\n");
}

std::string program_help(const program& of) {
    const auto name = of.name + (of.version.empty() ? "" : " " + of.version);
    return list_help(of, "", wrapped(name + ": " + sentence(of.summary)) + "\n" + prose(of.text)) +
           table("Exit codes", exit_rows(of.exit_codes));
}

}  // namespace

std::string help_of(const program& of, std::string_view path) {
    if (const auto* c = find_command(of, path)) return command_help(of, *c);
    return path.empty() ? program_help(of) : group_help(of, path);
}

}  // namespace hourkey::command
