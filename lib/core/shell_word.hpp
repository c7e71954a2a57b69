#pragma once

#include <string>
#include <string_view>

namespace hourkey {

/// One word of a POSIX shell, whatever is in it.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace hourkey
