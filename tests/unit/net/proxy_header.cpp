#include "net/proxy_header.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hourkey::net {
namespace {

using namespace std::string_literals;

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string v4("\xc0\x00\x02\x01\xc6\x33\x64\x01\x12\x67\x01\xbb", 12);  // 192.0.2.1:4711 to 198.51.100.1:443
const std::string v6 = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01" + "\x20\x01\x0d\xb8"s +
                       std::string(11, '\0') + "\x02" + "\x12\x67\x01\xbb";

std::string header(unsigned command, unsigned family, const std::string& rest) {
    return signature + static_cast<char>(command) + static_cast<char>(family) + static_cast<char>(rest.size() >> 8) +
           static_cast<char>(rest.size() & 0xff) + rest;
}

constexpr unsigned proxy = 0x21, local = 0x20;

TEST_CASE("A header of version 2 names the client, or nobody when the proxy speaks for itself") {
    struct row {
        const char* name;
        std::string bytes;
        const char* client;  ///< empty: none
    };
    const std::vector<row> rows{
        {"TCP over IPv4", header(proxy, 0x11, v4), "192.0.2.1"},
        {"TCP over IPv6", header(proxy, 0x21, v6), "2001:db8::1"},
        {"with what may follow", header(proxy, 0x11, v4 + "\xea\0\3abc"s), "192.0.2.1"},
        {"an IPv4 address mapped into IPv6",
         header(proxy, 0x21, std::string(10, '\0') + "\xff\xff\xc0\0\2\1"s + std::string(20, '\0')), "192.0.2.1"},
        {"the longest", header(proxy, 0x11, v4 + std::string(proxy_header::most_bytes - 16 - 12, 'x')), "192.0.2.1"},
        {"LOCAL", header(local, 0x00, ""), ""},
        {"LOCAL with addresses, which do not count", header(local, 0x11, v4), ""},
        {"UNSPEC", header(proxy, 0x00, ""), ""},
        {"loopback", header(proxy, 0x11, "\x7f\0\0\1"s + v4.substr(4)), ""},
        {"0.0.0.0", header(proxy, 0x11, "\0\0\0\0"s + v4.substr(4)), ""},
        {"loopback of IPv6", header(proxy, 0x21, std::string(15, '\0') + "\1" + v6.substr(16)), ""},
        {"unspecified of IPv6", header(proxy, 0x21, std::string(16, '\0') + v6.substr(16)), ""},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        for (std::size_t n = 0; n < r.bytes.size(); ++n) {
            const auto part = parse_proxy_header(r.bytes.substr(0, n));
            REQUIRE(part.has_value());
            REQUIRE_FALSE(part->is_complete);
            REQUIRE(part->size == (n < 16 ? 16 : r.bytes.size()));
        }
        for (const std::string behind : {"", "\x16\x03\x01", "GET / HTTP/1.1\r\n"}) {
            const auto whole = parse_proxy_header(r.bytes + behind);
            REQUIRE(whole.has_value());
            CHECK(whole->is_complete);
            CHECK(whole->size == r.bytes.size());
            CHECK((whole->client ? to_text(*whole->client) : "") == r.client);
        }
    }
    CHECK(parse_proxy_header(header(proxy, 0x11, v4))->client_port == 4711);
    CHECK(parse_proxy_header(header(proxy, 0x21, v6))->client_port == 4711);
}

TEST_CASE("Anything else is refused, as soon as it can be told") {
    struct row {
        const char* name;
        std::string bytes;
    };
    const std::vector<row> rows{
        {"a TLS handshake", "\x16\x03\x01"},
        {"a plain request", "GET"},
        {"version 1", "PROXY TCP4 192.0.2.1 198.51.100.1 4711 443\r\n"},
        {"a wrong last byte of the signature", signature.substr(0, 11) + "\r"},
        {"version 1 in the fields", header(0x11, 0x11, v4)},
        {"version 3", header(0x31, 0x11, v4)},
        {"an unknown command", header(0x22, 0x11, v4)},
        {"UDP", header(proxy, 0x12, v4)},
        {"a unix socket", header(proxy, 0x31, std::string(216, 'x'))},
        {"an unknown family", header(proxy, 0x41, v6)},
        {"one byte short of an IPv4 address", header(proxy, 0x11, v4.substr(0, 11))},
        {"one byte short of an IPv6 address", header(proxy, 0x21, v6.substr(0, 35))},
        {"one byte too long",
         header(proxy, 0x11, v4 + std::string(proxy_header::most_bytes - 16 - 12 + 1, 'x')).substr(0, 16)},
        {"64 KiB", signature + "\x21\x11\xff\xff"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto parsed = parse_proxy_header(r.bytes);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == errc::protocol_violation);
    }
}

}  // namespace
}  // namespace hourkey::net
