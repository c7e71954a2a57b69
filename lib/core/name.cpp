#include "core/name.hpp"

#include <algorithm>

namespace hourkey {

bool is_name(std::string_view text) noexcept {
    const auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !text.empty() && text.size() <= 63 && alphanumeric(text.front()) &&
           std::ranges::all_of(text, [&](char c) { return alphanumeric(c) || c == '-'; });
}

failure not_a_name(std::string_view field) {
    return invalid_field(field, "is not a valid name",
                         "Use 1 to 63 of a-z, 0-9 and '-', starting with a letter or digit.");
}

}  // namespace hourkey
