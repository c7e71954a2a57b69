#include "net/proxy_header.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace net = hourkey::net;

/// However a header is cut into pieces, it is refused at the same place or asks for exactly the bytes that it has; what
/// follows it does not matter.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto whole = net::parse_proxy_header(all);
    std::size_t have = 0;
    for (;;) {
        const auto part = net::parse_proxy_header(all.substr(0, have));
        if (!part) {
            if (whole || part.error().code != hourkey::errc::protocol_violation) std::abort();
            return 0;
        }
        if (part->size < net::proxy_header::fixed_bytes || part->size > net::proxy_header::most_bytes) std::abort();
        if (part->is_complete) {
            if (have != part->size || !whole || !whole->is_complete || whole->size != have ||
                whole->client != part->client)
                std::abort();
            if (part->client && !hourkey::parse_address(hourkey::to_text(*part->client))) std::abort();
            return 0;
        }
        if (part->client || part->size <= have) std::abort();
        if (part->size > size) return 0;
        have = part->size;
    }
}
