#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey {

/// An IP address as its 16 bytes; IPv4 is mapped into IPv6 (RFC 4291 2.5.5.2), so that both notations of one address
/// are equal.
using address_bytes = std::array<unsigned char, 16>;

/// `::ffff:0:0/96`, in which the last four bytes are an IPv4 address.
inline constexpr address_bytes mapped_network{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
inline constexpr std::size_t mapped_bytes = 12;

[[nodiscard]] bool is_v4(const address_bytes& address) noexcept;
/// `192.0.2.1`, `2001:db8::1`; no zone, no port, no brackets.
[[nodiscard]] std::optional<address_bytes> parse_address(std::string_view text) noexcept;
/// As the server writes addresses everywhere: IPv4 where it is one.
[[nodiscard]] std::string to_text(const address_bytes& address);
/// 127.0.0.0/8 or ::1.
[[nodiscard]] bool is_loopback(const address_bytes& address) noexcept;
/// A host as a URL has it: such an address, or `localhost`. There nobody can listen in between.
[[nodiscard]] bool is_loopback_host(std::string_view host) noexcept;
/// Loopback or unspecified: such an address is everybody's own, so that it names no client of another machine.
[[nodiscard]] bool names_nobody(const address_bytes& address) noexcept;

}  // namespace hourkey
