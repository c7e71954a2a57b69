#pragma once

#include <cstdint>
#include <string>

namespace hourkey::net {

/// Where a client came from. For a unix socket: uid of the peer, address "local".
struct peer {
    std::string address;  ///< textual IP without port
    std::uint16_t port = 0;
    int uid = -1;
};

}  // namespace hourkey::net
