#include "policy/client_networks.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hourkey::policy {
namespace {

TEST_CASE("An address counts for its networks, widest first") {
    struct row {
        const char* address;
        std::vector<std::uint32_t> times;
    };
    const std::vector<row> rows{{"192.0.2.1", {1}},
                                {"10.0.0.1", {1}},
                                {"2001:db8::1", {client_networks::of_48, client_networks::of_56, 1}},
                                {"fe80::1", {client_networks::of_48, client_networks::of_56, 1}},
                                {"127.0.0.1", {}},
                                {"127.8.9.1", {}},
                                {"::1", {}},
                                {"local", {}},
                                {"", {}},
                                {"192.0.2.1:80", {}},
                                {"192.0.2.256", {}},
                                {"fe80::1%eth0", {client_networks::of_48, client_networks::of_56, 1}},
                                {"::ffff:192.0.2.1", {1}},
                                {"::ffff:127.0.0.1", {}},
                                {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", {}}};
    for (const auto& r : rows) {
        CAPTURE(r.address);
        const auto networks = client_networks::of(r.address);
        std::vector<std::uint32_t> times;
        for (const auto& n : networks.widest_first()) times.push_back(n.times);
        CHECK(times == r.times);
    }
}

TEST_CASE("Two addresses share exactly the networks that both lie in") {
    struct row {
        const char *one, *other;
        std::vector<bool> same;  ///< widest first
    };
    const std::vector<row> rows{{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", {true, true, true}},
                                {"2001:db8:1:2::1", "2001:db8:1:3::1", {true, true, false}},
                                {"2001:db8:1:2::1", "2001:db8:1:102::1", {true, false, false}},
                                {"2001:db8:1:2::1", "2001:db8:2:2::1", {false, false, false}},
                                {"192.0.2.1", "192.0.2.1", {true}},
                                {"192.0.2.1", "192.0.2.2", {false}},
                                {"192.0.2.1", "::ffff:192.0.2.1", {true}},
                                {"::ffff:192.0.2.1", "::ffff:198.51.100.1", {false}}};
    for (const auto& r : rows) {
        CAPTURE(r.one);
        CAPTURE(r.other);
        const auto a = client_networks::of(r.one), b = client_networks::of(r.other);
        REQUIRE(a.widest_first().size() == r.same.size());
        for (std::size_t i = 0; i < r.same.size(); ++i)
            CHECK((a.widest_first()[i].address == b.widest_first()[i].address) == r.same[i]);
    }
}

TEST_CASE("A /48, its first /56 and that one's first /64 are three networks") {
    const auto all = client_networks::of("2001:db8::");
    CHECK(all.widest_first()[0].address != all.widest_first()[1].address);
    CHECK(all.widest_first()[1].address != all.widest_first()[2].address);
}

}  // namespace
}  // namespace hourkey::policy
