#pragma once

#include "net/peer.hpp"

#include <cstdint>
#include <iosfwd>
#include <optional>

namespace hourkey::agent {

/// Whose socket is at the other end of a TCP connection of this machine, where it came over loopback: its line in the
/// kernel's table (proc(5), /proc/net/tcp or tcp6). None: there is no such line, or the peer is no loopback address.
[[nodiscard]] std::optional<std::uint32_t> user_of(const net::peer& from, std::uint16_t own_port);

/// The same of a table's text, which may be long: a line at a time.
[[nodiscard]] std::optional<std::uint32_t> user_in(std::istream& table, const net::peer& from, std::uint16_t own_port);

}  // namespace hourkey::agent
