#include "net/address_set.hpp"

#include "core/number.hpp"

#include <algorithm>

namespace hourkey::net {
namespace {

constexpr unsigned mapped_bits = mapped_bytes * 8;

bool shares_prefix(const address_bytes& a, const address_bytes& b, unsigned bits) noexcept {
    const auto whole = bits / 8, rest = bits % 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool has_bits_beyond(const address_bytes& a, unsigned bits) noexcept {
    for (unsigned i = bits; i < 128; ++i)
        if ((a[i / 8] >> (7 - i % 8) & 1) != 0) return true;
    return false;
}

failure not_a_network(std::string_view entry, std::string_view what) {
    return failure(errc::invalid_configuration, "'" + std::string(entry) + "' " + std::string(what),
                   "Write the balancer's own addresses, not the network its clients are in, separated by commas: "
                   "\"192.0.2.7/32, 2001:db8::7/128\".");
}

}  // namespace

result<address_set> address_set::parse(const std::vector<std::string_view>& entries) {
    address_set out;
    for (const auto entry : entries) {
        const auto slash = entry.find('/');
        const auto address = parse_address(entry.substr(0, slash));
        if (!address) return not_a_network(entry, "is no IP address or network.");
        const unsigned offset = entry.find(':') == std::string_view::npos ? mapped_bits : 0;
        unsigned bits = 128;
        if (slash != std::string_view::npos) {
            const auto length = parse_number<unsigned>(entry.substr(slash + 1));
            if (!length || *length > 128 - offset) return not_a_network(entry, "has no valid length after the slash.");
            bits = *length + offset;
        }
        if (has_bits_beyond(*address, bits)) return not_a_network(entry, "has bits set beyond its length.");
        out.networks_.push_back({*address, bits});
    }
    return out;
}

bool address_set::contains(const address_bytes& address) const noexcept {
    return std::ranges::any_of(networks_, [&](const network& n) { return shares_prefix(n.address, address, n.bits); });
}

bool address_set::contains(std::string_view address) const noexcept {
    const auto parsed = parse_address(address);
    return parsed && contains(*parsed);
}

}  // namespace hourkey::net
