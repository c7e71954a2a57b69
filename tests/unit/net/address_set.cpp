#include "net/address_set.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hourkey::net {
namespace {

TEST_CASE("A set holds the addresses of its networks and no others") {
    struct row {
        std::vector<std::string_view> entries;
        const char* address;
        bool holds;
    };
    const std::vector<row> rows{{{"192.0.2.7"}, "192.0.2.7", true},
                                {{"192.0.2.7"}, "::ffff:192.0.2.7", true},
                                {{"192.0.2.7"}, "192.0.2.8", false},
                                {{"10.0.0.0/8"}, "10.255.255.255", true},
                                {{"10.0.0.0/8"}, "11.0.0.0", false},
                                {{"172.16.0.0/12"}, "172.31.0.1", true},
                                {{"172.16.0.0/12"}, "172.32.0.1", false},
                                {{"0.0.0.0/0"}, "203.0.113.9", true},
                                {{"0.0.0.0/0"}, "2001:db8::1", false},
                                {{"::/0"}, "2001:db8::1", true},
                                {{"2001:db8::/33"}, "2001:db8:7fff::1", true},
                                {{"2001:db8::/33"}, "2001:db8:8000::1", false},
                                {{"127.0.0.1", "2001:db8::1"}, "2001:db8::1", true},
                                {{"127.0.0.1"}, "local", false},
                                {{"127.0.0.1"}, "", false},
                                {{}, "127.0.0.1", false}};
    for (const auto& r : rows) {
        CAPTURE(r.address);
        const auto set = address_set::parse(r.entries);
        REQUIRE(set.has_value());
        CHECK(set->contains(std::string_view(r.address)) == r.holds);
        CHECK(set->empty() == r.entries.empty());
    }
}

TEST_CASE("What is no network, or not quite the one that is written, is refused") {
    for (const std::string_view entry :
         {"localhost", "192.0.2", "192.0.2.7/33", "192.0.2.7/-1", "192.0.2.7/", "192.0.2.0/x", "2001:db8::/129",
          "10.1.2.3/8", "2001:db8::1/64", "192.0.2.7:80", "[::1]", "fe80::1%eth0", "/8"}) {
        CAPTURE(entry);
        const auto set = address_set::parse({entry});
        REQUIRE_FALSE(set.has_value());
        CHECK(set.error().code == errc::invalid_configuration);
        CHECK(set.error().message.find(entry) != std::string::npos);
        CHECK_FALSE(set.error().hint.empty());
    }
}

}  // namespace
}  // namespace hourkey::net
