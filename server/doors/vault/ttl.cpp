#include "server/doors/vault/ttl.hpp"

#include "core/number.hpp"

#include <algorithm>
#include <cstdint>

namespace hourkey::server::vault {
namespace {

constexpr std::chrono::seconds most = std::chrono::days{3650};

std::optional<std::chrono::seconds> unit_of(char letter) {
    switch (letter) {
        case 's': return std::chrono::seconds{1};
        case 'm': return std::chrono::minutes{1};
        case 'h': return std::chrono::hours{1};
        case 'd': return std::chrono::days{1};
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<std::chrono::seconds> parse_ttl(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (const auto seconds = parse_number<std::uint32_t>(text)) return std::min(std::chrono::seconds(*seconds), most);
    std::chrono::seconds sum{0};
    while (!text.empty()) {
        const auto end = text.find_first_not_of("0123456789");
        if (end == std::string_view::npos || end == 0) return std::nullopt;
        const auto number = parse_number<std::uint32_t>(text.substr(0, end));
        const auto unit = unit_of(text[end]);
        if (!number || !unit) return std::nullopt;
        sum = std::min(sum + *number * *unit, most);
        text.remove_prefix(end + 1);
    }
    return sum;
}

}  // namespace hourkey::server::vault
