#pragma once

#include "core/failure.hpp"
#include "net/address_set.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hourkey::net {

/// Before the TLS handshake a proxy says for whom it speaks: PROXY protocol version 2 (haproxy's
/// doc/proxy-protocol.txt, 2.2).
struct proxy_header {
    /// What all headers have; the rest's length stands in it.
    static constexpr std::size_t fixed_bytes = 16;
    /// Addresses take 36 bytes; of what may follow (TLVs) AWS's and haproxy's take some hundred. 2.2 lets it be 64 KiB:
    /// memory for nothing.
    static constexpr std::size_t most_bytes = fixed_bytes + 2'048;

    std::size_t size = fixed_bytes;  ///< of the whole header, as far as is known
    bool is_complete = false;
    /// Complete and none: LOCAL or UNSPEC, the proxy speaks for itself (its health check), or an address that names
    /// nobody.
    std::optional<address_bytes> client;
    std::uint16_t client_port = 0;
};

/// Of what has come so far. protocol_violation for anything but version 2 over TCP; the text form of version 1 too.
[[nodiscard]] result<proxy_header> parse_proxy_header(std::string_view bytes);

}  // namespace hourkey::net
