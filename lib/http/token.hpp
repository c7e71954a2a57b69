#pragma once

#include "core/character_set.hpp"

#include <string_view>

namespace hourkey::http {

inline constexpr auto token_chars = character_set::alphanumeric_and("!#$%&'*+-.^_`|~");

/// RFC 9110 5.6.2.
[[nodiscard]] inline bool is_token_char(char c) noexcept { return token_chars.has(c); }
/// A header value, a header name or a target that we write must pass: no byte below SP but HTAB, and no DEL, so that no
/// value can begin a line of its own.
[[nodiscard]] bool has_control_byte(std::string_view text) noexcept;
/// Of two texts of one size; ASCII letters compare without case.
[[nodiscard]] bool same_letters(std::string_view a, std::string_view b) noexcept;
/// Inline, because most names differ in their size or first letter already.
[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && (a.empty() || ((a[0] ^ b[0]) & ~0x20) == 0) && same_letters(a, b);
}

}  // namespace hourkey::http
