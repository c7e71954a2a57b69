#include "command/prose.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

constexpr std::size_t columns = 100;

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

void remove_common_indentation(std::vector<std::string>& lines) {
    auto least = std::string::npos;
    for (const auto& line : lines) least = std::min(least, line.find_first_not_of(' '));
    for (auto& line : lines) line.erase(0, least);
}

}  // namespace

std::vector<prose_block> blocks_of(std::string_view text) {
    std::vector<prose_block> blocks;
    auto is_new = true;
    for (const auto line : split(text, '\n')) {
        if (line.empty()) {
            is_new = true;
            continue;
        }
        const auto is_verbatim = line.starts_with(' ');
        if (is_new || blocks.back().is_verbatim != is_verbatim) blocks.push_back({is_verbatim, {}});
        is_new = false;
        auto& lines = blocks.back().lines;
        if (is_verbatim || lines.empty()) {
            lines.emplace_back(line);
        } else {
            lines.front().append(" ").append(line);
        }
    }
    for (auto& block : blocks)
        if (block.is_verbatim) remove_common_indentation(block.lines);
    return blocks;
}

std::string sentence(std::string_view phrase) {
    const auto is_whole = phrase.empty() || phrase.ends_with('.') || phrase.ends_with('?');
    return std::string(phrase) + (is_whole ? "" : ".");
}

std::string wrapped(std::string_view paragraph, std::size_t indentation) {
    std::string out;
    auto width = indentation;
    for (const auto word : split(paragraph, ' ')) {
        const auto is_first = out.empty();
        if (!is_first && width + 1 + word.size() > columns) {
            out.append("\n").append(indentation, ' ');
            width = indentation;
        } else if (!is_first) {
            out += ' ';
            ++width;
        }
        out += word;
        width += word.size();
    }
    return out;
}

}  // namespace hourkey::command
