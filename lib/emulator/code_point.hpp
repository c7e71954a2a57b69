#pragma once

#include <optional>
#include <string_view>

namespace hourkey::emulator {

/// The first code point, which `rest` loses; nothing, and one byte less, where no well-formed UTF-8 begins. `rest` is
/// not empty.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& rest) noexcept;

/// `\p{L}`, `\p{N}` and `\p{Z}` of Unicode, as far as the C library's tables know them.
[[nodiscard]] bool is_letter_number_or_separator(char32_t c) noexcept;

}  // namespace hourkey::emulator
