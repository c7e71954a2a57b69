#include "store/fair_queue.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace hourkey::store {
namespace {

using queue = fair_queue<std::string>;
using enum queue::lane;

ulid owner(char name) {
    return ulid::make(wall_time{std::chrono::milliseconds(name)}, std::array<unsigned char, 10>{});
}

/// "a1" is the item 1 of owner a.
std::string push(queue& q, const std::string& item, queue::lane in = usual) {
    return q.push(item, owner(item[0]), in).value_or("");
}

std::vector<std::string> taken(queue& q, std::size_t count) {
    std::vector<std::string> out;
    q.take(count, out);
    return out;
}

using items = std::vector<std::string>;

TEST_CASE("One owner's items come in their order, all of them") {
    queue q(8);
    for (const auto* item : {"a1", "a2", "a3"}) CHECK(push(q, item).empty());
    CHECK(taken(q, 2) == items{"a1", "a2"});
    CHECK(taken(q, 2) == items{"a3"});
    CHECK(q.empty());
}

TEST_CASE("Owners take turns, and the turn goes on where it ended") {
    queue q(100);
    for (int n = 1; n <= 10; ++n) CHECK(push(q, "a" + std::to_string(n)).empty());
    for (const auto* item : {"b1", "b2", "c1"}) CHECK(push(q, item).empty());
    CHECK(taken(q, 5) == items{"a1", "b1", "c1", "a2", "b2"});
    CHECK(push(q, "b3").empty());
    CHECK(taken(q, 2) == items{"a3", "b3"});
    CHECK(q.size() == 7);
    CHECK(taken(q, 100).size() == 7);
}

TEST_CASE("What goes first goes before its owner's other items, not before other owners' turns") {
    queue q(100);
    for (const auto* item : {"a1", "a2", "b1", "b2"}) CHECK(push(q, item).empty());
    CHECK(push(q, "b9", first).empty());
    CHECK(taken(q, 4) == items{"a1", "b9", "a2", "b1"});
}

TEST_CASE("An owner alone may have all places, and no more") {
    queue q(3);
    for (const auto* item : {"a1", "a2", "a3"}) CHECK(push(q, item).empty());
    CHECK_FALSE(q.has_place_for(owner('a')));
    CHECK(push(q, "a4") == "a4");
    CHECK(taken(q, 9) == items{"a1", "a2", "a3"});
}

TEST_CASE("In a full queue others get their share at the expense of who holds most") {
    queue q(4);
    for (const auto* item : {"a1", "a2", "a3", "a4"}) CHECK(push(q, item).empty());
    CHECK(q.has_place_for(owner('b')));
    CHECK(push(q, "b1") == "a4");
    CHECK(push(q, "b2") == "a3");
    CHECK(push(q, "b3") == "b3");  // as many as a has
    CHECK_FALSE(q.has_place_for(owner('b')));
    CHECK(push(q, "a5") == "a5");
    CHECK(push(q, "c1") == "a2");
    CHECK(q.size() == 4);
    CHECK(taken(q, 4) == items{"a1", "b1", "b2", "c1"});
}

TEST_CASE("What goes first takes a place of its owner's when there is no other") {
    queue q(2);
    for (const auto* item : {"a1", "a2"}) CHECK(push(q, item).empty());
    CHECK(push(q, "a8", first) == "a2");
    CHECK(push(q, "a9", first) == "a1");
    CHECK(push(q, "a7", first) == "a7");  // only such items are left, and those stay
    CHECK(push(q, "b1") == "a9");  // but not at the expense of another owner's share
    CHECK(taken(q, 9) == items{"a8", "b1"});
}

TEST_CASE("What is over can be taken out") {
    queue q(9);
    for (const auto* item : {"a1", "b2", "a3"}) CHECK(push(q, item).empty());
    q.for_each([](std::string& item) {
        if (item == "a1") item.clear();
    });
    q.erase_if([](const std::string& item) { return item.empty(); });
    CHECK(q.size() == 2);
    CHECK(taken(q, 9) == items{"a3", "b2"});
}

TEST_CASE("Owners that have gone leave no memory behind for ever") {
    queue q(10);
    for (int n = 0; n < 1000; ++n) {
        CHECK_FALSE(
            q.push("x", ulid::make(wall_time{std::chrono::milliseconds(n + 1)}, std::array<unsigned char, 10>{}))
                .has_value());
        CHECK(taken(q, 10).size() == 1);
    }
}

}  // namespace
}  // namespace hourkey::store
