#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hourkey {

/// The whole text as a decimal number, as std::from_chars has it: no plus and no blanks, and a minus for a signed one
/// only. Nothing when it does not fit.
template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) noexcept {
    Number n{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, n);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return n;
}

}  // namespace hourkey
