#include "policy/client_networks.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace hourkey::policy {

client_networks client_networks::of(std::string_view address) {
    client_networks out;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.empty() || address.size() >= text.size()) return out;
    std::ranges::copy(address, text.begin());

    std::array<unsigned char, 16> bytes{};
    if (::inet_pton(AF_INET, text.data(), bytes.data()) == 1) {
        constexpr unsigned char loopback_network = 127;
        if (bytes[0] == loopback_network) return out;
        out.networks_[out.count_++] = {bytes, 1};
        return out;
    }
    if (::inet_pton(AF_INET6, text.data(), bytes.data()) != 1) return out;
    if (std::memcmp(bytes.data(), &in6addr_loopback, bytes.size()) == 0) return out;
    constexpr std::array<std::pair<std::size_t, std::uint32_t>, 3> prefixes{{{6, of_48}, {7, of_56}, {8, 1}}};
    for (const auto& [length, times] : prefixes) {
        auto& n = out.networks_[out.count_++];
        std::copy_n(bytes.begin(), length, n.address.begin());
        n.address[15] = static_cast<unsigned char>(length);  // 2001:db8::/48 and 2001:db8::/64 are two networks
        n.times = times;
    }
    return out;
}

}  // namespace hourkey::policy
