#include "credentials/unicode_blank.hpp"

#include <algorithm>
#include <array>

namespace hourkey::credentials {
namespace {

constexpr std::string_view ascii_blanks = " \t\r\v\f";

// https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt, White_Space beyond ASCII, in UTF-8; and the byte order
// mark, which JavaScript strips anywhere.
constexpr std::array<std::string_view, 20> wide_blanks{
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
    "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF",
};

}  // namespace

std::size_t leading_blank(std::string_view text) noexcept {
    if (text.empty()) return 0;
    if (ascii_blanks.find(text.front()) != std::string_view::npos) return 1;
    const auto found =
        std::ranges::find_if(wide_blanks, [&](std::string_view blank) { return text.starts_with(blank); });
    return found == wide_blanks.end() ? 0 : found->size();
}

std::size_t trailing_blank(std::string_view text) noexcept {
    if (text.empty()) return 0;
    if (ascii_blanks.find(text.back()) != std::string_view::npos) return 1;
    const auto found = std::ranges::find_if(wide_blanks, [&](std::string_view blank) { return text.ends_with(blank); });
    return found == wide_blanks.end() ? 0 : found->size();
}

std::string_view without_blanks(std::string_view text) noexcept {
    while (const auto size = leading_blank(text)) text.remove_prefix(size);
    while (const auto size = trailing_blank(text)) text.remove_suffix(size);
    return text;
}

std::size_t indentation(std::string_view text) noexcept {
    std::size_t count = 0;
    while (const auto size = leading_blank(text)) {
        text.remove_prefix(size);
        ++count;
    }
    return count;
}

}  // namespace hourkey::credentials
