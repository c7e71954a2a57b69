#include "core/network_prefix.hpp"

#include <algorithm>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace hourkey {
namespace {

constexpr std::array<std::uint8_t, network_prefixes::most> ipv6_widths{64, 56, 48};
constexpr std::uint8_t whole_address = 128;

using bytes = std::array<unsigned char, 16>;

constexpr bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291 2.5.5.2

bool is_v4(const bytes& address) noexcept { return std::equal(mapped.begin(), mapped.begin() + 12, address.begin()); }

/// inet_pton() wants its text ended, and knows no zone (`fe80::1%eth0`).
bool parse(std::string_view text, bytes& out) noexcept {
    text = text.substr(0, text.find('%'));
    std::array<char, INET6_ADDRSTRLEN> ended{};
    if (text.size() >= ended.size()) return false;
    std::ranges::copy(text, ended.begin());
    if (::inet_pton(AF_INET6, ended.data(), out.data()) == 1) return true;
    out = mapped;
    return ::inet_pton(AF_INET, ended.data(), out.data() + 12) == 1;
}

}  // namespace

network_prefix::network_prefix(std::span<const unsigned char, 16> address, std::uint8_t bits) noexcept : bits_(bits) {
    std::copy_n(address.begin(), bits / 8, network_.begin());
}

std::string network_prefix::str() const {
    if (is_none()) return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = is_v4(network_);
    ::inet_ntop(v4 ? AF_INET : AF_INET6, network_.data() + (v4 ? 12 : 0), text.data(), text.size());
    return bits_ == whole_address ? std::string(text.data()) : std::string(text.data()) + "/" + std::to_string(bits_);
}

network_prefixes::network_prefixes(std::string_view address) {
    bytes ip{};
    if (!parse(address, ip)) return;
    if (is_v4(ip)) {
        is_loopback_ = ip[12] == 127;
        prefixes_[0] = network_prefix(ip, whole_address);
        return;
    }
    is_loopback_ = IN6_IS_ADDR_LOOPBACK(reinterpret_cast<const in6_addr*>(ip.data())) != 0;
    size_ = ipv6_widths.size();
    std::ranges::transform(ipv6_widths, prefixes_.begin(),
                           [&](std::uint8_t width) { return network_prefix(ip, width); });
}

}  // namespace hourkey
