#include "net/address_set.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace hourkey::net {
namespace {

constexpr address_bytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

bool is_v4(const address_bytes& address) noexcept {
    return std::equal(mapped.begin(), mapped.begin() + 12, address.begin());
}

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

std::optional<address_bytes> parse_address(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> ended{};
    if (text.empty() || text.size() >= ended.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::ranges::copy(text, ended.begin());
    address_bytes out = mapped;
    if (::inet_pton(AF_INET, ended.data(), out.data() + 12) == 1) return out;
    if (::inet_pton(AF_INET6, ended.data(), out.data()) == 1) return out;
    return std::nullopt;
}

bool names_nobody(const address_bytes& address) noexcept {
    constexpr unsigned char loopback_network = 127, this_network = 0;
    if (is_v4(address)) return address[12] == loopback_network || address[12] == this_network;
    return address.back() <= 1 &&
           std::all_of(address.begin(), address.end() - 1, [](unsigned char byte) { return byte == 0; });
}

std::string to_text(const address_bytes& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = is_v4(address);
    ::inet_ntop(v4 ? AF_INET : AF_INET6, address.data() + (v4 ? 12 : 0), text.data(), text.size());
    return text.data();
}

result<address_set> address_set::parse(const std::vector<std::string_view>& entries) {
    address_set out;
    for (const auto entry : entries) {
        const auto slash = entry.find('/');
        const auto address = parse_address(entry.substr(0, slash));
        if (!address) return not_a_network(entry, "is no IP address or network.");
        const unsigned offset = entry.find(':') == std::string_view::npos ? mapped_bits : 0;
        unsigned bits = 128;
        if (slash != std::string_view::npos) {
            const auto digits = entry.substr(slash + 1);
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
            if (error != std::errc{} || end != digits.data() + digits.size() || bits > 128 - offset)
                return not_a_network(entry, "has no valid length after the slash.");
            bits += offset;
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
