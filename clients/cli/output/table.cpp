#include "clients/cli/output/table.hpp"

#include "core/encoding.hpp"

#include <algorithm>

namespace hourkey::cli {
namespace {

/// Characters, not bytes: good enough for columns, where names are ASCII.
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void pad(std::string& line, std::string_view cell, std::size_t width) {
    line += cell;
    line.append(width - std::min(width, width_of(cell)), ' ');
}

}  // namespace

std::string table::text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string out;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) pad(line, printable(row[i]), widths[i] + 2);
        line.erase(line.find_last_not_of(' ') + 1);
        out += (out.empty() ? "" : "\n") + line;
    }
    return out;
}

std::string listing(const std::vector<std::pair<std::string, std::string>>& rows) {
    std::size_t width = 0;
    for (const auto& [name, value] : rows)
        if (!value.empty()) width = std::max(width, width_of(name));
    std::string out;
    for (const auto& [name, value] : rows) {
        if (value.empty()) continue;
        if (!out.empty()) out += '\n';
        pad(out, name + ":", width + 3);
        out += printable(value);
    }
    return out;
}

std::string printable(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto size = utf8_sequence_size(text);
        const auto first = static_cast<unsigned char>(text.front());
        const bool is_control = size == 0 || first < 0x20 || first == 0x7F ||
                                (size == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);
        out += is_control ? std::string_view("?") : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

}  // namespace hourkey::cli
