#include "core/shell_word.hpp"

namespace hourkey {

std::string shell_word(std::string_view text) {
    std::string out("'");
    for (const char c : text) out.append(c == '\'' ? std::string_view("'\\''") : std::string_view(&c, 1));
    return out + "'";
}

}  // namespace hourkey
