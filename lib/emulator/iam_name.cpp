#include "emulator/iam_name.hpp"

#include "emulator/text.hpp"

#include <algorithm>

namespace hourkey::emulator {
namespace {

constexpr std::size_t longest_path = 512;

/// Without the slashes around it.
bool is_path(std::string_view text) noexcept {
    return !text.empty() && text.size() + 2 <= longest_path &&
           std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
}

}  // namespace

bool is_name_character(char32_t c) noexcept {
    constexpr std::string_view others = "+=,.@-";
    return c < 0x80 && (is_word(static_cast<char>(c)) || others.find(static_cast<char>(c)) != std::string_view::npos);
}

bool is_name(std::string_view text, std::size_t longest) noexcept {
    return !text.empty() && text.size() <= longest &&
           std::ranges::all_of(text, [](char c) { return is_name_character(static_cast<unsigned char>(c)); });
}

bool is_path_and_name(std::string_view text, std::size_t longest_name) noexcept {
    const auto slash = text.rfind('/');
    if (slash == std::string_view::npos) return is_name(text, longest_name);
    return is_path(text.substr(0, slash)) && is_name(text.substr(slash + 1), longest_name);
}

}  // namespace hourkey::emulator
