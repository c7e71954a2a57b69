#include "core/network_prefix.hpp"

#include <algorithm>

namespace hourkey {
namespace {

constexpr std::array<std::uint8_t, network_prefixes::most> ipv6_widths{64, 56, 48};
constexpr std::uint8_t whole_address = 128;

}  // namespace

network_prefix::network_prefix(std::span<const unsigned char, 16> address, std::uint8_t bits) noexcept : bits_(bits) {
    std::copy_n(address.begin(), bits / 8, network_.begin());
}

std::string network_prefix::str() const {
    if (is_none()) return {};
    return bits_ == whole_address ? to_text(network_) : to_text(network_) + "/" + std::to_string(bits_);
}

network_prefixes::network_prefixes(std::string_view address) {
    const auto ip =
        parse_address(address.substr(0, address.find('%')));  // a zone (`fe80::1%eth0`) is this machine's own
    if (!ip) return;
    is_loopback_ = hourkey::is_loopback(*ip);
    if (is_v4(*ip)) {
        prefixes_[0] = network_prefix(*ip, whole_address);
        return;
    }
    size_ = ipv6_widths.size();
    std::ranges::transform(ipv6_widths, prefixes_.begin(),
                           [&](std::uint8_t width) { return network_prefix(*ip, width); });
}

}  // namespace hourkey
