#include "http/forwarded_for.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace hourkey::http {
namespace {

TEST_CASE("The client is the last address that no trusted proxy has; what stands before it is only claimed") {
    struct row {
        const char* name;
        std::vector<const char*> fields;
        const char* client;
    };
    const auto trusted = net::address_set::parse({"10.0.0.0/8", "2001:db8:1::/48"}).value();
    const std::vector<row> rows{
        {"no field", {}, "10.0.0.1"},
        {"one address", {"192.0.2.1"}, "192.0.2.1"},
        {"a client that claims another address", {"203.0.113.66, 192.0.2.1"}, "192.0.2.1"},
        {"a client that claims a trusted one", {"10.9.9.9, 192.0.2.1"}, "192.0.2.1"},
        {"through two proxies", {"192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
        {"through two proxies, with a claim", {"203.0.113.66, 192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
        {"in two fields", {"203.0.113.66, 192.0.2.1", "10.0.0.2"}, "192.0.2.1"},
        {"in two fields, the last one's decides", {"203.0.113.66", "192.0.2.1"}, "192.0.2.1"},
        {"only proxies", {"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
        {"IPv6", {"2001:db8:2::1, 2001:db8:1::7"}, "2001:db8:2::1"},
        {"IPv6 in its long form", {"2001:0DB8:0002:0000:0000:0000:0000:0001"}, "2001:db8:2::1"},
        {"IPv4 mapped into IPv6", {"::ffff:192.0.2.1"}, "192.0.2.1"},
        {"with ports", {"[2001:db8:2::1]:4711, 10.0.0.2:443"}, "2001:db8:2::1"},
        {"without blanks", {"192.0.2.1,10.0.0.2"}, "192.0.2.1"},
        {"with tabs", {"\t192.0.2.1\t,\t10.0.0.2 "}, "192.0.2.1"},
        {"no address at the end", {"192.0.2.1, unknown"}, "10.0.0.1"},
        {"no address before a proxy", {"unknown, 10.0.0.2"}, "10.0.0.2"},
        {"an empty entry", {"192.0.2.1,"}, "10.0.0.1"},
        {"an empty field", {""}, "10.0.0.1"},
        {"half a bracket", {"[2001:db8:2::1"}, "10.0.0.1"},
        {"IPv4 in brackets", {"[192.0.2.1]"}, "10.0.0.1"},
        {"a port that is none", {"192.0.2.1:http"}, "10.0.0.1"},
        {"a port too long", {"192.0.2.1:123456"}, "10.0.0.1"},
        {"a zone", {"fe80::1%eth0"}, "10.0.0.1"},
        {"octal", {"192.0.02.1"}, "10.0.0.1"},
        {"a number", {"3221225985"}, "10.0.0.1"},
        {"loopback", {"127.0.0.1"}, "10.0.0.1"},
        {"loopback of IPv6", {"::1"}, "10.0.0.1"},
        {"loopback mapped into IPv6", {"::ffff:127.9.9.9"}, "10.0.0.1"},
        {"loopback with a port", {"[::1]:443"}, "10.0.0.1"},
        {"loopback before a proxy", {"192.0.2.1, 127.0.0.1, 10.0.0.2"}, "10.0.0.2"},
        {"unspecified", {"0.0.0.0"}, "10.0.0.1"},
        {"unspecified of IPv6", {"::"}, "10.0.0.1"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        request asked;
        asked.headers.emplace_back("Host", "hourkey");
        for (const auto* field : r.fields) asked.headers.emplace_back("x-forwarded-for", field);
        asked.headers.emplace_back("X-Forwarded-Host", "203.0.113.66");
        CHECK(forwarded_client(asked, "10.0.0.1", trusted) == r.client);
    }
}

TEST_CASE("A trusted proxy on loopback is passed over, and is nobody's client") {
    const auto trusted = net::address_set::parse({"10.0.0.1", "127.0.0.1"}).value();
    for (const auto& [said, client] :
         {std::pair{"192.0.2.1, 127.0.0.1", "192.0.2.1"}, {"127.0.0.1", "10.0.0.1"}, {"::1, 127.0.0.1", "10.0.0.1"}}) {
        CAPTURE(said);
        request asked;
        asked.headers.emplace_back("X-Forwarded-For", said);
        CHECK(forwarded_client(asked, "10.0.0.1", trusted) == client);
    }
}

}  // namespace
}  // namespace hourkey::http
