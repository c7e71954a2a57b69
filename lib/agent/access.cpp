#include "agent/access.hpp"

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/ip_address.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"

#include <algorithm>
#include <array>

namespace hourkey::agent {
namespace {

/// Base 62 of 256 bits.
constexpr std::size_t token_digits = 43;
constexpr std::array<std::string_view, 3> container_endpoints{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};

bool is_same(std::string_view host, std::string_view name, std::string_view port) {
    if (host.size() < name.size() || lowered(host.substr(0, name.size())) != name) return false;
    const auto rest = host.substr(name.size());
    // RFC 9110 4.2.1: without a port it is 80.
    return rest.empty() ? port == "80" : rest.front() == ':' && rest.substr(1) == port;
}

}  // namespace

secret make_token() {
    std::array<unsigned char, 32> bits{};
    crypto::fill_random(bits);
    std::string text;
    text.reserve(4 + token_digits);
    auto digits = to_base62(bits, token_digits);
    text.append("hka_").append(digits);
    secret token(text);
    wipe_container(text);
    wipe_container(digits);
    wipe_bytes(bits.data(), bits.size());
    return token;
}

bool carries(std::string_view authorization, const secret& token) noexcept {
    constexpr std::string_view scheme = "bearer ";
    const bool has_scheme =
        authorization.size() > scheme.size() &&
        std::ranges::equal(authorization.substr(0, scheme.size()), scheme, {}, [](char c) { return lower(c); });
    if (has_scheme) authorization = trimmed(authorization.substr(scheme.size()));
    return !token.empty() && crypto::equal_in_constant_time(authorization, token.expose());
}

bool is_own_host(std::string_view host, std::string_view address, std::uint16_t port) {
    const auto port_text = std::to_string(port);
    const auto own =
        address.find(':') == std::string_view::npos ? std::string(address) : "[" + std::string(address) + "]";
    return is_same(host, "127.0.0.1", port_text) || is_same(host, "localhost", port_text) ||
           is_same(host, "[::1]", port_text) || is_same(host, own, port_text);
}

bool is_local_address(std::string_view address) noexcept {
    const auto bytes = parse_address(address);
    if (!bytes) return false;
    return is_loopback(*bytes) || std::ranges::any_of(container_endpoints, [&](std::string_view known) {
               return parse_address(known) == bytes;
           });
}

}  // namespace hourkey::agent
