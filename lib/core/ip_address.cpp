#include "core/ip_address.hpp"

#include <algorithm>

#include <arpa/inet.h>

namespace hourkey {

bool is_v4(const address_bytes& address) noexcept {
    return std::equal(mapped_network.begin(), mapped_network.begin() + mapped_bytes, address.begin());
}

std::optional<address_bytes> parse_address(std::string_view text) noexcept {
    std::array<char, INET6_ADDRSTRLEN> ended{};
    if (text.empty() || text.size() >= ended.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::ranges::copy(text, ended.begin());
    address_bytes out = mapped_network;
    if (::inet_pton(AF_INET, ended.data(), out.data() + mapped_bytes) == 1) return out;
    if (::inet_pton(AF_INET6, ended.data(), out.data()) == 1) return out;
    return std::nullopt;
}

std::string to_text(const address_bytes& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = is_v4(address);
    ::inet_ntop(v4 ? AF_INET : AF_INET6, address.data() + (v4 ? mapped_bytes : 0), text.data(), text.size());
    return text.data();
}

bool names_nobody(const address_bytes& address) noexcept {
    constexpr unsigned char loopback_network = 127, this_network = 0;
    if (is_v4(address)) return address[mapped_bytes] == loopback_network || address[mapped_bytes] == this_network;
    return address.back() <= 1 &&
           std::all_of(address.begin(), address.end() - 1, [](unsigned char byte) { return byte == 0; });
}

}  // namespace hourkey
