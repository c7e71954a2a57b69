#include "emulator/ip_range.hpp"

#include "core/number.hpp"
#include "emulator/text.hpp"

#include <string>

#include <arpa/inet.h>

namespace hourkey::emulator {

std::optional<ip_range> parse_ip_range(std::string_view text) {
    const auto slash = text.find('/');
    const std::string address(text.substr(0, slash));
    ip_range r;
    r.is_v4 = ::inet_pton(AF_INET, address.c_str(), r.address.data() + 12) == 1;
    if (!r.is_v4 && ::inet_pton(AF_INET6, address.c_str(), r.address.data()) != 1) return std::nullopt;
    if (slash == std::string_view::npos) return r;
    const auto bits = parse_number<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > (r.is_v4 ? 32U : 128U)) return std::nullopt;
    r.prefix = r.is_v4 ? 96 + *bits : *bits;
    return r;
}

bool is_within(std::string_view address, std::string_view range) {
    const auto given = parse_ip_range(address), wanted = parse_ip_range(range);
    if (!given || !wanted || given->is_v4 != wanted->is_v4) return false;
    for (unsigned bit = 0; bit < wanted->prefix; ++bit) {
        const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
        if (((given->address.at(bit / 8) ^ wanted->address.at(bit / 8)) & mask) != 0) return false;
    }
    return true;
}

}  // namespace hourkey::emulator
