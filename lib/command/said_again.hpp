#pragma once

#include <string_view>

namespace hourkey::command {

/// An error may say a word of the command line again, and a log keeps it, unless somebody gave a secret in the wrong
/// place: a stray word only when it looks like a command or an option (`--no-such-thing`),
[[nodiscard]] bool may_be_said(std::string_view stray_word) noexcept;
/// an option's value unless it looks like a token or a key: a long run of letters in both cases and digits.
[[nodiscard]] bool value_may_be_said(std::string_view value) noexcept;

}  // namespace hourkey::command
