#pragma once

#include <cstddef>
#include <string_view>

namespace hourkey::credentials {

/// Blanks as the SDKs' languages strip them: Unicode's White_Space, with the no-break spaces that web pages paste, and
/// U+FEFF. The size of the one that the text starts or ends with; 0: it does not.
[[nodiscard]] std::size_t leading_blank(std::string_view text) noexcept;
[[nodiscard]] std::size_t trailing_blank(std::string_view text) noexcept;

[[nodiscard]] std::string_view without_blanks(std::string_view text) noexcept;
/// How many blanks the text starts with, whatever bytes each takes.
[[nodiscard]] std::size_t indentation(std::string_view text) noexcept;

}  // namespace hourkey::credentials
