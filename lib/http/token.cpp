#include "http/token.hpp"

#include "core/ascii.hpp"

namespace hourkey::http {
bool has_control_byte(std::string_view text) noexcept {
    unsigned char found = 0;  // of the bytes' own width, so that the compiler makes it a vector loop
    for (const char c : text)
        found =
            static_cast<unsigned char>(found | (((static_cast<unsigned char>(c) < 0x20) & (c != '\t')) | (c == 0x7f)));
    return found != 0;
}

bool same_letters(std::string_view a, std::string_view b) noexcept {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    return true;
}

}  // namespace hourkey::http
