#include "core/ip_address.hpp"

#include <algorithm>

#include <arpa/inet.h>

namespace hourkey {
namespace {

constexpr address_bytes loopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

}  // namespace

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

bool is_loopback(const address_bytes& address) noexcept {
    return is_v4(address) ? address[mapped_bytes] == 127 : address == loopback;
}

bool is_loopback_host(std::string_view host) noexcept {
    const auto address = parse_address(host);
    return host == "localhost" || (address && is_loopback(*address));
}

bool names_nobody(const address_bytes& address) noexcept {
    constexpr address_bytes unspecified{};
    return is_loopback(address) || (is_v4(address) ? address[mapped_bytes] == 0 : address == unspecified);
}

}  // namespace hourkey
