#include "net/connection_limits.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
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

TEST_CASE("behind a proxy each client has its own places, and the proxy none of them") {
    net::connection_limits limits(
        {.total = 100, .per_address = 2, .proxies = net::address_set::parse({"192.0.2.100"}).value()});
    std::vector<net::connection_slot> held;
    const auto come_from = [&](const std::string& client) {
        held.push_back(limits.admit("192.0.2.100"));
        REQUIRE(bool(held.back()));
        const bool has_place = held.back().belongs_to(client);
        if (!has_place) held.pop_back();
        return has_place;
    };
    for (int i = 0; i < 5; ++i) held.push_back(limits.admit("192.0.2.100"));  // have not said for whom they are
    for (int i = 0; i < 5; ++i) CHECK(come_from("198.51.100.1") == (i < 2));
    CHECK(limits.refused() == 3);
    CHECK_FALSE(bool(limits.admit("198.51.100.1")));
    CHECK(come_from("198.51.100.2"));
    CHECK(come_from("2001:db8::1"));
    CHECK(come_from("2001:db8::2"));
    CHECK_FALSE(come_from("2001:db8::3"));
    held.clear();
    CHECK(come_from("198.51.100.1"));
}

TEST_CASE("half-open handshakes are counted until they are done or gone") {
    net::connection_limits limits({.total = 100, .per_address = 64, .handshaking = 2});
    auto a = limits.admit("192.0.2.1");
    CHECK(limits.handshaking() == 1);
    std::optional<net::connection_slot> b = limits.admit("192.0.2.2");
    CHECK(limits.handshaking() == 2);
    auto moved = std::move(a);
    CHECK(limits.handshaking() == 2);
    moved.handshake_done();
    moved.handshake_done();
    CHECK(limits.handshaking() == 1);
    auto c = limits.admit("192.0.2.3");
    CHECK(limits.handshaking() == 2);
    b.reset();
    CHECK(limits.handshaking() == 1);
    CHECK(limits.open() == 2);
}

namespace {

/// Open connections that end as a session's would: the place is given back when it has to give way.
struct crowded {
    net::reactor on;
    net::connection_limits limits;
    std::map<int, net::connection_slot> open;
    int made = 0;

    explicit crowded(net::connection_caps caps) : limits(caps) {}
    /// Its number; 0 when there was no place.
    int come(const std::string& address) {
        auto slot = limits.admit(address);
        if (!slot) return 0;
        const int number = ++made;
        slot.let_give_way(on.handle(), [this, number] { open.erase(number); });
        open.emplace(number, std::move(slot));
        return number;
    }
    void settle() {
        on.context().restart();
        on.context().poll();
    }
    [[nodiscard]] bool stands(int number) const { return open.contains(number); }
};

}  // namespace

TEST_CASE("five addresses that open and say nothing do not push out who shakes hands") {
    crowded c({.total = 4096, .per_address = 64, .handshaking = 256});
    std::vector<int> clients;
    for (int turn = 0; turn < 200; ++turn) {
        if (turn < 20) clients.push_back(c.come("198.51.100.7"));  // and none of them is done before the end
        for (int attacker = 1; attacker <= 5; ++attacker) c.come("192.0.2." + std::to_string(attacker));
        c.settle();
        CHECK(c.limits.handshaking() <= 256);
    }
    for (const int client : clients) CHECK(c.stands(client));
    CHECK(c.limits.displaced() > 0);
}

TEST_CASE("many /64 of one customer do not push out who shakes hands") {
    crowded c({.total = 4096, .per_address = 64, .handshaking = 8});
    const int first = c.come("2001:db8:9::1"), second = c.come("192.0.2.1");
    for (int i = 0; i < 100; ++i) {
        c.come("2001:db8:0:" + std::to_string(i) + "::1");
        c.settle();
    }
    CHECK(c.stands(first));
    CHECK(c.stands(second));
}

TEST_CASE("at a door whose callers all come from one address the longest silent one gives way to it") {
    crowded c({.total = 64, .per_address = 64, .newcomers_claim = net::crowd::claim::any_share});
    const int first = c.come("192.0.2.1");
    for (int i = 1; i < 64; ++i) c.come("192.0.2.1");
    CHECK(c.come("192.0.2.1") != 0);
    c.settle();
    CHECK_FALSE(c.stands(first));
    CHECK(c.limits.open() == 64);
}

TEST_CASE("when all places are taken, who holds most of them gives one to who holds fewer") {
    struct row {
        const char* name;
        std::vector<std::string> holders;  // each takes its turn until the door is full
        std::string newcomer;
        std::size_t gets;
    };
    for (const auto& r :
         {row{"four /64 of one /56",
              {"2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1"},
              "192.0.2.1",
              4},
          row{"one address", {"192.0.2.9"}, "192.0.2.1", 4}, row{"itself", {"192.0.2.9"}, "192.0.2.9", 0},
          row{"its neighbour in the /56", {"2001:db8:0:1::1"}, "2001:db8:0:2::1", 4},
          row{"a loopback address", {"127.0.0.2"}, "127.0.0.1", 4},
          row{"eight addresses",
              {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6", "192.0.2.7", "192.0.2.8"},
              "198.51.100.1",
              0}}) {
        CAPTURE(r.name);
        crowded c({.total = 8, .per_address = 64});
        for (std::size_t i = 0; i < 8; ++i) CHECK(c.come(r.holders[i % r.holders.size()]) != 0);
        std::size_t got = 0;
        for (int i = 0; i < 12; ++i) {
            if (c.come(r.newcomer) != 0) ++got;
            c.settle();
            CHECK(c.limits.open() == 8);
        }
        CHECK(got == r.gets);
        CHECK(c.open.size() == 8);
        CHECK(c.limits.displaced() == r.gets);
        CHECK(c.limits.refused() == 12 - r.gets);
    }
}

TEST_CASE("who is being answered keeps the place, and ends with the answer when the place went in that moment") {
    crowded c({.total = 2, .per_address = 64});
    const int first = c.come("192.0.2.9"), second = c.come("192.0.2.9");
    c.open.at(first).begin_answer();
    CHECK(c.come("192.0.2.1") != 0);
    c.settle();
    CHECK(c.stands(first));
    CHECK_FALSE(c.stands(second));
    CHECK(c.come("192.0.2.1") == 0);  // one each, and the older one is answered
    c.open.at(first).end_answer();

    net::connection_limits limits({.total = 2, .per_address = 64});
    net::reactor on;
    auto slot = limits.admit("192.0.2.9"), other = limits.admit("192.0.2.9");
    bool ended = false;
    slot.let_give_way(on.handle(), [&ended] { ended = true; });
    auto newcomer = limits.admit("192.0.2.1");
    CHECK(bool(newcomer));
    slot.begin_answer();  // before it was told
    on.context().poll();
    CHECK_FALSE(ended);
    CHECK(slot.must_go());
    CHECK_FALSE(other.must_go());
}

TEST_CASE("a door for probes closes the one that has been silent longest, of the same address too") {
    crowded c({.total = 4, .per_address = 4, .newcomers_claim = net::crowd::claim::any_share});
    for (int i = 0; i < 4; ++i) CHECK(c.come("127.0.0.1") != 0);
    for (int i = 0; i < 20; ++i) {
        const int probe = c.come("127.0.0.1");
        CHECK(probe != 0);
        c.settle();
        CHECK(c.stands(probe));
    }
}

TEST_CASE("only so many may be on their way out") {
    crowded c({.total = 200, .per_address = 4096});
    for (int i = 0; i < 200; ++i) c.come("192.0.2.9");
    std::size_t got = 0;
    for (int i = 0; i < 80; ++i) got += c.come("192.0.2.1") != 0 ? 1U : 0U;  // the reactor does not come to any of them
    CHECK(got == net::connection_limits::most_leaving);
    CHECK(c.limits.is_clearing());
    c.settle();
    CHECK_FALSE(c.limits.is_clearing());
    CHECK(c.come("192.0.2.1") != 0);
}

TEST_CASE("of the descriptors, each connection has a second one for its call to STS, and some are kept back") {
    struct row {
        rlim_t descriptors;
        std::size_t threads;
        std::size_t asked;
        std::size_t connections;
    };
    for (const auto& r :
         {row{1024, 2, 4096, 408}, row{1024, 2, 408, 408}, row{1024, 2, 407, 407}, row{1024, 16, 4096, 352},
          row{4096, 16, 4096, 1792}, row{258, 2, 4096, 64}, row{256, 2, 4096, 64}, row{64, 2, 4096, 16}}) {
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
        if (r.descriptors >=
            1024) {  // full load, the admin door's and what was measured idle: below the alert HourkeyDescriptorsRunOut
            CHECK((2 * r.connections + 64 + 24 + 8 * r.threads) * 100 < r.descriptors * 95);
        }
        std::vector<net::connection_slot> held;
        for (int i = 0; i < 2000; ++i) held.push_back(limits.admit("127.0.0.1"));
        CHECK(limits.open() == r.connections);
    }
}
