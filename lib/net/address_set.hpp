#pragma once

#include "core/failure.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::net {

/// An IP address as its 16 bytes; IPv4 is mapped into IPv6 (RFC 4291 2.5.5.2), so that both notations of one address
/// are equal.
using address_bytes = std::array<unsigned char, 16>;

/// `192.0.2.1`, `2001:db8::1`; no zone, no port, no brackets.
[[nodiscard]] std::optional<address_bytes> parse_address(std::string_view text) noexcept;
/// Loopback or unspecified: such an address is everybody's own, so that it names no client of another machine.
[[nodiscard]] bool names_nobody(const address_bytes& address) noexcept;
/// As the server writes addresses everywhere: IPv4 where it is one.
[[nodiscard]] std::string to_text(const address_bytes& address);

/// Addresses and networks: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
class address_set {
public:
    /// invalid_configuration names the entry. A network with bits beyond its prefix (10.1.2.3/8) is refused: one of the
    /// two is a slip.
    [[nodiscard]] static result<address_set> parse(const std::vector<std::string_view>& entries);

    [[nodiscard]] bool empty() const noexcept { return networks_.empty(); }
    [[nodiscard]] bool contains(const address_bytes& address) const noexcept;
    [[nodiscard]] bool contains(std::string_view address) const noexcept;

private:
    struct network {
        address_bytes address{};
        unsigned bits = 0;
    };
    std::vector<network> networks_;
};

}  // namespace hourkey::net
