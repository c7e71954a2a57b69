#include "policy/client_networks.hpp"

#include "core/network_prefix.hpp"

#include <ranges>

namespace hourkey::policy {
namespace {

std::uint32_t times_of(const network_prefix& p) noexcept {
    switch (p.bits()) {
        case 48: return client_networks::of_48;
        case 56: return client_networks::of_56;
        default: return 1;
    }
}

}  // namespace

client_networks client_networks::of(std::string_view address) {
    client_networks out;
    const network_prefixes prefixes(address);
    if (prefixes.is_loopback()) return out;
    const auto narrowest_first = prefixes.all();
    for (const auto& p : std::views::reverse(narrowest_first)) {
        if (p.is_none()) continue;
        auto& n = out.networks_[out.count_++];
        n.address = p.network();
        n.times = times_of(p);
        if (p.bits() < 128) n.address[15] = p.bits();  // 2001:db8::/48 and 2001:db8::/64 are two networks
    }
    return out;
}

}  // namespace hourkey::policy
