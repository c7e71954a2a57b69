#include "net/proxy_header.hpp"

#include <algorithm>

namespace hourkey::net {
namespace {

constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);

enum class command : unsigned { local = 0, proxy = 1 };
constexpr unsigned version = 2;
constexpr unsigned unspecified = 0x00, tcp_over_v4 = 0x11, tcp_over_v6 = 0x21;
/// Both addresses, then both ports.
constexpr std::size_t v4_bytes = 12, v6_bytes = 36;

unsigned byte_at(std::string_view bytes, std::size_t i) noexcept { return static_cast<unsigned char>(bytes[i]); }
std::uint16_t number_at(std::string_view bytes, std::size_t i) noexcept {
    return static_cast<std::uint16_t>(byte_at(bytes, i) << 8 | byte_at(bytes, i + 1));
}

failure refused(std::string why) {
    return failure(errc::protocol_violation, {},
                   "The proxy must send PROXY protocol version 2 over TCP (listen.proxy_protocol).", std::move(why));
}

}  // namespace

result<proxy_header> parse_proxy_header(std::string_view bytes) {
    proxy_header out;
    const auto begins = std::min(bytes.size(), signature.size());
    if (bytes.substr(0, begins) != signature.substr(0, begins)) return refused("no PROXY protocol header");
    if (bytes.size() < proxy_header::fixed_bytes) return out;

    const auto said = byte_at(bytes, 12);
    if (said >> 4 != version) return refused("another version of the PROXY protocol");
    const auto what = said & 0x0f;
    if (what != static_cast<unsigned>(command::local) && what != static_cast<unsigned>(command::proxy))
        return refused("an unknown PROXY command");
    const auto family = byte_at(bytes, 13);
    const auto length = number_at(bytes, 14);
    out.size = proxy_header::fixed_bytes + length;
    if (out.size > proxy_header::most_bytes) return refused("the PROXY protocol header is too long");

    const bool names_client = what == static_cast<unsigned>(command::proxy) && family != unspecified;
    if (names_client) {
        if (family != tcp_over_v4 && family != tcp_over_v6)
            return refused("a PROXY protocol header that is not of TCP");
        if (length < (family == tcp_over_v4 ? v4_bytes : v6_bytes))
            return refused("the PROXY protocol header is too short for its addresses");
    }
    if (bytes.size() < out.size) return out;
    out.is_complete = true;
    if (!names_client) return out;

    const auto rest = bytes.substr(proxy_header::fixed_bytes);
    auto client = mapped_network;
    const std::size_t bytes_of_one = family == tcp_over_v4 ? 4 : 16;
    std::ranges::copy(rest.substr(0, bytes_of_one), client.end() - static_cast<std::ptrdiff_t>(bytes_of_one));
    if (names_nobody(client)) return out;
    out.client = client;
    out.client_port = number_at(rest, 2 * bytes_of_one);
    return out;
}

}  // namespace hourkey::net
