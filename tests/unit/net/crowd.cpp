#include "net/crowd.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

using namespace hourkey;
using claim = net::crowd::claim;

namespace {

/// Members by the name of their address, and what becomes of them.
struct held {
    struct one : net::crowd::member {
        std::string address;
        int number = 0;
        bool may_go = true;
    };
    std::deque<one> all;  // before the crowd: it forgets them when it goes
    net::crowd crowd;

    one& add(const std::string& address, std::size_t times = 1) {
        for (std::size_t i = 0; i < times; ++i) {
            auto& made = all.emplace_back();
            made.address = address;
            made.number = static_cast<int>(all.size());
            crowd.add(made, network_prefixes(address));
        }
        return all.back();
    }
    const one* leaver(const std::string& newcomer, claim c) {
        const auto* found = crowd.find_leaver(network_prefixes(newcomer), c,
                                              [](const auto& m) { return static_cast<const one&>(m).may_go; });
        return static_cast<const one*>(found);
    }
    std::string leavers_address(const std::string& newcomer, claim c = claim::fair_share) {
        const auto* found = leaver(newcomer, c);
        return found == nullptr ? "nobody" : found->address;
    }
};

}  // namespace

TEST_CASE("who holds most gives way, counted by the widest prefix first") {
    struct row {
        const char* name;
        std::vector<std::pair<const char*, std::size_t>> held;
        const char* newcomer;
        const char* leaver;
    };
    const std::vector<row> rows{
        {"nobody holds anything", {}, "192.0.2.1", "nobody"},
        {"an address against others", {{"192.0.2.1", 3}, {"192.0.2.2", 2}}, "192.0.2.3", "192.0.2.1"},
        {"all hold the same: nobody goes for one more", {{"192.0.2.1", 1}, {"192.0.2.2", 1}}, "192.0.2.3", "nobody"},
        {"two against none", {{"192.0.2.1", 2}}, "192.0.2.3", "192.0.2.1"},
        {"one more than the newcomer's is fair", {{"192.0.2.1", 3}, {"192.0.2.2", 2}}, "192.0.2.2", "nobody"},
        {"who holds most gets nothing more", {{"192.0.2.1", 4}, {"192.0.2.2", 2}}, "192.0.2.1", "nobody"},
        {"four /64 of one /56",
         {{"2001:db8:0:1::1", 2},
          {"2001:db8:0:2::1", 2},
          {"2001:db8:0:3::1", 2},
          {"2001:db8:0:4::1", 2},
          {"192.0.2.9", 3}},
         "192.0.2.1",
         "2001:db8:0:1::1"},
        {"four /56 of one /48",
         {{"2001:db8:0:100::1", 2}, {"2001:db8:0:200::1", 2}, {"2001:db8:0:300::1", 2}, {"192.0.2.9", 3}},
         "2001:db8:9::1",
         "2001:db8:0:100::1"},
        {"within a /48 the fullest /56",
         {{"2001:db8:0:100::1", 2}, {"2001:db8:0:200::1", 1}, {"2001:db8:0:201::1", 2}},
         "192.0.2.1",
         "2001:db8:0:201::1"},
        {"a neighbour within the fullest /48",
         {{"2001:db8:0:1::1", 6}, {"192.0.2.9", 3}},
         "2001:db8:0:2::1",
         "2001:db8:0:1::1"},
        {"a neighbour within a lesser /48 takes from the fullest",
         {{"2001:db8:0:1::1", 2}, {"192.0.2.9", 5}},
         "2001:db8:0:2::1",
         "192.0.2.9"},
        {"one part of the fullest /48 takes from another, not from outside",
         {{"2001:db8:0:1::1", 3}, {"192.0.2.9", 2}},
         "2001:db8:0:1::2",
         "nobody"},
        {"unix sockets are one", {{"local", 3}}, "local", "nobody"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        held h;
        for (const auto& [address, times] : r.held) h.add(address, times);
        CHECK(h.leavers_address(r.newcomer) == r.leaver);
    }
}

TEST_CASE("a claim to any share takes from the fullest, the newcomer's own part too, and there the oldest") {
    held h;
    h.add("127.0.0.1", 3);
    h.add("127.0.0.2", 2);
    REQUIRE(h.leaver("127.0.0.1", claim::any_share) != nullptr);
    CHECK(h.leaver("127.0.0.1", claim::any_share)->number == 1);
    h.crowd.remove(h.all[0]);
    h.crowd.remove(h.all[1]);
    CHECK(h.leavers_address("127.0.0.1", claim::any_share) == "127.0.0.2");
}

TEST_CASE("of those that hold as much, who has for longest gives way") {
    held h;
    for (const auto* address : {"192.0.2.3", "192.0.2.1", "192.0.2.2"}) h.add(address);
    CHECK(h.leavers_address("192.0.2.9", claim::any_share) == "192.0.2.3");
    h.add("192.0.2.3");
    h.crowd.remove(h.all[0]);  // back to one, later than the others
    CHECK(h.leavers_address("192.0.2.9", claim::any_share) == "192.0.2.1");
}

TEST_CASE("who may not go is passed over, and so is a group where nobody may") {
    held h;
    h.add("192.0.2.1", 4);
    h.add("192.0.2.2", 2);
    h.all[0].may_go = false;
    CHECK(h.leaver("192.0.2.9", claim::fair_share)->number == 2);
    for (auto& one : h.all) one.may_go = one.address == "192.0.2.2";
    CHECK(h.leaver("192.0.2.9", claim::fair_share)->number == 5);
    for (auto& one : h.all) one.may_go = false;
    CHECK(h.leaver("192.0.2.9", claim::fair_share) == nullptr);
}

TEST_CASE("counts follow what comes and goes") {
    held h;
    const auto& one = h.add("2001:db8::1");
    h.add("2001:db8::2");
    CHECK(h.crowd.size() == 2);
    CHECK(h.crowd.held_by(network_prefixes("2001:db8::9")) == 2);
    CHECK(h.crowd.held_by(network_prefixes("2001:db8:0:1::9")) == 0);
    CHECK(one.is_in());
    for (auto& each : h.all) h.crowd.remove(each);
    for (auto& each : h.all) h.crowd.remove(each);  // idempotent
    CHECK_FALSE(one.is_in());
    CHECK(h.crowd.size() == 0);
    CHECK(h.crowd.held_by(network_prefixes("2001:db8::9")) == 0);
}
