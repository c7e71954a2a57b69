#include "command/reference.hpp"

#include "command/option_text.hpp"
#include "command/prose.hpp"

namespace hourkey::command {
namespace {

/// In a cell of a table `|` would end it.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') out += '\\';
        out += c;
    }
    return out;
}

std::string prose(std::string_view text) {
    std::string out;
    for (const auto& block : blocks_of(text)) {
        out += block.is_verbatim ? "\n```\n" : "\n";
        for (const auto& line : block.lines) out += line + "\n";
        if (block.is_verbatim) out += "```\n";
    }
    return out;
}

std::string row(std::string_view left, std::string_view right) {
    return "| " + cell(left) + " | " + cell(right) + " |\n";
}

std::string exit_codes(const std::vector<exit_meaning>& of) {
    if (of.empty()) return {};
    std::string out = "\n| exit code | |\n|---|---|\n";
    for (const auto& e : of) out += row(std::to_string(e.code), e.meaning);
    return out;
}

std::string command_section(const program& of, const spec& c) {
    auto out = "\n## " + full_name(of, c.path) + "\n\n" + sentence(c.summary) + "\n\n```\n" + usage_of(of, c) +
               "\n```\n" + prose(c.text);
    if (!c.options.empty()) out += "\n| option | |\n|---|---|\n";
    for (const auto& o : c.options) out += row("`" + syntax_of(o) + "`", description_of(o));
    out += exit_codes(c.exit_codes);
    for (const auto& e : c.examples) out += "\n" + sentence(e.text) + "\n\n```\n$ " + e.line + "\n```\n";
    return out;
}

}  // namespace

std::string reference_of(const program& of) {
    auto out = "# Command line of " + of.name + "\n\n" + of.name + " " + sentence(of.summary) +
               " This page is made by `" + full_name(of, "manual") + " --markdown`.\n" + prose(of.text) +
               exit_codes(of.exit_codes);
    for (const auto& c : of.commands)
        if (!c.is_hidden) out += command_section(of, c);
    return out;
}

}  // namespace hourkey::command
