#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace hourkey {

/// Letters of ASCII alone, whatever the locale: protocols mean no others.
[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] inline std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

/// Without the spaces and tabs around it (RFC 9110 5.6.3, OWS).
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
    const auto from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace hourkey
