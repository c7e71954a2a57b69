#include "policy/fair_places.hpp"

#include <doctest/doctest.h>

#include <array>

namespace hourkey::policy {
namespace {

ulid tenant(unsigned char n) {
    return ulid::make(wall_time{std::chrono::seconds(1)}, std::array<unsigned char, 10>{n});
}
const ulid a = tenant(1), b = tenant(2), c = tenant(3);

TEST_CASE("A tenant alone may have all places, and one more waits") {
    fair_places places(3);
    for (int n = 0; n < 3; ++n) CHECK(places.enter(a));
    CHECK_FALSE(places.enter(a));
    CHECK_FALSE(places.enter(b));
    CHECK(places.taken() == 3);
}

TEST_CASE("A place that becomes free goes to whoever holds fewest, then to who came first") {
    fair_places places(4);
    for (int n = 0; n < 4; ++n) REQUIRE(places.enter(a));
    for (const fair_places::ticket t : {1U, 2U, 3U}) places.queue(a, t);
    for (const fair_places::ticket t : {4U, 5U, 6U}) places.queue(b, t);
    places.queue(c, 7);
    CHECK(places.leave(a) == 4);  // b, before c
    CHECK(places.leave(a) == 7);  // c has none, b has one
    CHECK(places.leave(a) == 1);  // each has one; a's ticket is the oldest
    CHECK(places.leave(b) == 5);  // b has none now
    CHECK(places.taken() == 4);
}

TEST_CASE("However much one asks for, while others wait it gets no more than its share") {
    constexpr std::size_t most = 30;
    fair_places places(most);
    for (std::size_t n = 0; n < most; ++n) REQUIRE(places.enter(a));
    fair_places::ticket next = 0;
    for (int n = 0; n < 1000; ++n) places.queue(a, next++);
    const auto first_of_b = next;
    for (int n = 0; n < 100; ++n) places.queue(b, next++);
    std::size_t held_by_b = 0;
    for (std::size_t n = 0; n < most / 2; ++n) {
        const auto entered = places.leave(a);
        REQUIRE(entered);
        held_by_b += *entered >= first_of_b ? 1 : 0;
    }
    CHECK(held_by_b == most / 2);
}

TEST_CASE("Whoever gives up is passed over, unless a place was given to it in the same moment") {
    fair_places places(1);
    REQUIRE(places.enter(a));
    places.queue(b, 1);
    places.queue(b, 2);
    CHECK(places.give_up(b, 1));
    CHECK_FALSE(places.give_up(b, 1));
    CHECK(places.leave(a) == 2);
    CHECK_FALSE(places.give_up(b, 2));
    CHECK_FALSE(places.leave(b));
    CHECK(places.taken() == 0);
    CHECK(places.is_idle());
}

}  // namespace
}  // namespace hourkey::policy
