#include "core/network_prefix.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;

TEST_CASE("an address has the prefixes that one client may command, the narrowest first") {
    struct row {
        const char* address;
        std::vector<std::string> prefixes;
        bool loopback;
    };
    for (const auto& r :
         {row{"192.0.2.1", {"192.0.2.1"}, false}, row{"::ffff:192.0.2.1", {"192.0.2.1"}, false},
          row{"2001:db8:1:2ff:a:b:c:d", {"2001:db8:1:2ff::/64", "2001:db8:1:200::/56", "2001:db8:1::/48"}, false},
          row{"fe80::1%eth0", {"fe80::/64", "fe80::/56", "fe80::/48"}, false}, row{"127.0.0.9", {"127.0.0.9"}, true},
          row{"::1", {"::/64", "::/56", "::/48"}, true}, row{"local", {""}, false}, row{"", {""}, false},
          row{"1.2.3.4.5", {""}, false}, row{"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", {""}, false}}) {
        CAPTURE(r.address);
        const network_prefixes found(r.address);
        std::vector<std::string> texts;
        for (const auto& p : found.all()) texts.push_back(p.str());
        CHECK(texts == r.prefixes);
        CHECK(found.is_loopback() == r.loopback);
        CHECK(found.narrowest() == found.all().front());
    }
}

TEST_CASE("addresses of one prefix are one, and prefixes of different widths are not") {
    const network_prefixes one("2001:db8:1:2ff::1"), other("2001:db8:1:2fe::1"), zero("2001:db8::1");
    CHECK(one.all()[0] != other.all()[0]);
    CHECK(one.all()[1] == other.all()[1]);
    CHECK(std::hash<network_prefix>{}(one.all()[1]) == std::hash<network_prefix>{}(other.all()[1]));
    CHECK(zero.all()[0] != zero.all()[1]);  // the same bits, another width
    CHECK(network_prefixes("").narrowest().is_none());
}
