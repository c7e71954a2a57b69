#include "net/connection_limits.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

#include <sys/resource.h>

using namespace hourkey;

TEST_CASE("the total cap admits exactly that many and gives places back") {
    net::connection_limits limits({3, 64, 256});
    std::vector<net::connection_slot> held;
    for (int i = 0; i < 3; ++i) {
        held.push_back(limits.admit("192.0.2." + std::to_string(i)));
        CHECK(bool(held.back()));
    }
    CHECK_FALSE(bool(limits.admit("192.0.2.9")));
    CHECK(limits.open() == 3);
    CHECK(limits.refused() == 1);
    held.pop_back();
    CHECK(limits.open() == 2);
    CHECK(bool(limits.admit("192.0.2.9")));
}

TEST_CASE("the per-address cap counts one client as one, and exempts loopback") {
    struct row {
        const char* name;
        const char* first;
        const char* second;
        bool both;
    };
    const row rows[] = {
        {"the same IPv4 address", "192.0.2.1", "192.0.2.1", false},
        {"two IPv4 addresses", "192.0.2.1", "192.0.2.2", true},
        {"one IPv6 /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", false},
        {"two IPv6 /64", "2001:db8:1:2::1", "2001:db8:1:3::1", true},
        {"loopback", "127.0.0.1", "127.0.0.1", true},
        {"IPv6 loopback", "::1", "::1", true},
        {"the unix socket", "local", "local", true},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        net::connection_limits limits({100, 1, 256});
        auto first = limits.admit(r.first);
        CHECK(bool(first));
        CHECK(bool(limits.admit(r.second)) == r.both);
        first = {};
        CHECK(bool(limits.admit(r.second)));
    }
}

TEST_CASE("half-open handshakes are counted until they are done or gone") {
    net::connection_limits limits({100, 64, 2});
    auto a = limits.admit("192.0.2.1");
    CHECK_FALSE(limits.handshakes_are_full());
    std::optional<net::connection_slot> b = limits.admit("192.0.2.2");
    CHECK(limits.handshakes_are_full());
    auto moved = std::move(a);
    CHECK(limits.handshakes_are_full());
    moved.handshake_done();
    moved.handshake_done();
    CHECK_FALSE(limits.handshakes_are_full());
    auto c = limits.admit("192.0.2.3");
    CHECK(limits.handshakes_are_full());
    b.reset();
    CHECK_FALSE(limits.handshakes_are_full());
    CHECK(limits.open() == 2);
}

TEST_CASE("of the descriptors, each connection has a second one for its call to STS, and some are kept back") {
    struct row {
        rlim_t descriptors;
        std::size_t asked;
        std::size_t connections;
    };
    for (const auto& r : {row{1024, 4096, 448}, row{1024, 448, 448}, row{1024, 447, 447}, row{258, 4096, 65}, row{256, 4096, 64}, row{64, 4096, 16}}) {
        CAPTURE(r.descriptors);
        rlimit before{};
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
        REQUIRE(before.rlim_max >= r.descriptors);
        rlimit changed = before;
        changed.rlim_cur = r.descriptors;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &changed) == 0);
        net::connection_limits limits({r.asked, 64, 256});
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
        std::vector<net::connection_slot> held;
        for (int i = 0; i < 500; ++i) held.push_back(limits.admit("127.0.0.1"));
        CHECK(limits.open() == r.connections);
    }
}
