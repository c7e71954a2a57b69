#pragma once

#include "core/ascii.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::emulator {

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
/// `\w` of AWS's patterns: ASCII only.
[[nodiscard]] constexpr bool is_word(char c) noexcept {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
}

[[nodiscard]] inline bool equal_without_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// The text up to `separator`, which `rest` loses with it.
[[nodiscard]] inline std::string_view take_until(std::string_view& rest, char separator) noexcept {
    const auto end = rest.find(separator);
    const auto part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

}  // namespace hourkey::emulator
