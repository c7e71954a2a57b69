#include "emulator/code_point.hpp"

#include "core/encoding.hpp"

#include <clocale>
#include <cwctype>

namespace hourkey::emulator {
namespace {

/// glibc builds C.UTF-8 in since 2.35: no locale need be installed. Whoever sets another locale does not change it.
locale_t unicode() noexcept {
    static const locale_t tables = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return tables;
}

/// The separators that C does not count as white space, because lines do not break there, and the numbers that are no
/// digits.
bool is_other_separator_or_number(char32_t c) noexcept {
    return c == 0x00A0 || c == 0x2007 || c == 0x202F || c == 0x00B2 || c == 0x00B3 || c == 0x00B9 ||
           (c >= 0x00BC && c <= 0x00BE) || (c >= 0x2070 && c <= 0x2089);
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) noexcept {
    const auto size = utf8_sequence_size(rest);
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    if (size == 0) {
        rest.remove_prefix(1);
        return std::nullopt;
    }
    char32_t c = size == 1 ? at(0) : at(0) & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) c = (c << 6U) | (at(i) & 0x3FU);
    rest.remove_prefix(size);
    return c;
}

bool is_letter_number_or_separator(char32_t c) noexcept {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return false;  // among them the white space that is a control character
    if (is_other_separator_or_number(c)) return true;
    const auto tables = unicode();
    const auto wide = static_cast<wint_t>(c);
    return tables != nullptr && (::iswalnum_l(wide, tables) != 0 || ::iswspace_l(wide, tables) != 0);
}

}  // namespace hourkey::emulator
