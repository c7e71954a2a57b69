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
        std::size_t threads;
        std::size_t asked;
        std::size_t connections;
    };
    for (const auto& r : {row{1024, 2, 4096, 408}, row{1024, 2, 408, 408}, row{1024, 2, 407, 407}, row{1024, 16, 4096, 352}, row{4096, 16, 4096, 1792},
                          row{258, 2, 4096, 64}, row{256, 2, 4096, 64}, row{64, 2, 4096, 16}}) {
        CAPTURE(r.descriptors);
        CAPTURE(r.threads);
        rlimit before{};
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
        REQUIRE(before.rlim_max >= r.descriptors);
        rlimit changed = before;
        changed.rlim_cur = r.descriptors;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &changed) == 0);
        net::connection_limits limits({.total = r.asked, .threads = r.threads});
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
        CHECK(limits.most() == r.connections);
        if (r.descriptors >= 1024) {  // full load, the admin door's and what was measured idle: below the alert HourkeyDescriptorsRunOut
            CHECK((2 * r.connections + 64 + 24 + 8 * r.threads) * 100 < r.descriptors * 95);
        }
        std::vector<net::connection_slot> held;
        for (int i = 0; i < 2000; ++i) held.push_back(limits.admit("127.0.0.1"));
        CHECK(limits.open() == r.connections);
    }
}
