#pragma once

#include <array>
#include <string_view>

namespace hourkey::http {

inline constexpr std::array<bool, 256> token_chars = [] {
    std::array<bool, 256> table{};
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// RFC 9110 5.6.2.
[[nodiscard]] inline bool is_token_char(char c) noexcept { return token_chars[static_cast<unsigned char>(c)]; }
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
