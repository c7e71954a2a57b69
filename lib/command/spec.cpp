#include "command/spec.hpp"

#include <algorithm>

namespace hourkey::command {
namespace {

template <class Row>
const Row* find_by_path(const std::vector<Row>& rows, std::string_view path) noexcept {
    const auto found = std::ranges::find(rows, path, &Row::path);
    return found == rows.end() ? nullptr : &*found;
}

/// The word of `path` that follows `parent`, or none.
std::string_view word_after(std::string_view parent, std::string_view path) {
    if (!parent.empty()) {
        if (!path.starts_with(parent) || path.size() == parent.size() || path[parent.size()] != ' ') return {};
        path.remove_prefix(parent.size() + 1);
    }
    return path.substr(0, path.find(' '));
}

}  // namespace

const spec* find_command(const program& of, std::string_view path) noexcept { return find_by_path(of.commands, path); }
const group* find_group(const program& of, std::string_view path) noexcept { return find_by_path(of.groups, path); }

const option* find_option(const spec& of, std::string_view name) noexcept {
    const auto found = std::ranges::find(of.options, name, &option::name);
    return found == of.options.end() ? nullptr : &*found;
}

std::vector<std::string> next_words(const program& of, std::string_view path) {
    std::vector<std::string> words;
    for (const auto& c : of.commands) {
        const std::string word(word_after(path, c.path));
        if (!c.is_hidden && !word.empty() && std::ranges::find(words, word) == words.end()) words.push_back(word);
    }
    return words;
}

bool is_flag(const option& o) noexcept { return std::holds_alternative<bool*>(o.target); }
bool is_positional(const option& o) noexcept { return !o.name.starts_with('-'); }
bool is_repeatable(const option& o) noexcept { return std::holds_alternative<std::vector<std::string>*>(o.target); }

std::string full_name(const program& of, std::string_view path) {
    return path.empty() ? of.name : of.name + " " + std::string(path);
}

}  // namespace hourkey::command
