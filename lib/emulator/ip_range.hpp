#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace hourkey::emulator {

/// `203.0.113.0/24`, `2001:db8::/32`, or an address alone. IPv4 stands in the last four bytes.
struct ip_range {
    bool is_v4 = false;
    std::array<unsigned char, 16> address{};
    unsigned prefix = 128;  ///< of the 128 bits
};
[[nodiscard]] std::optional<ip_range> parse_ip_range(std::string_view text);

/// False also when one of them is none.
[[nodiscard]] bool is_within(std::string_view address, std::string_view range);

}  // namespace hourkey::emulator
