#include "sts/kept_by_region.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using hourkey::sts::kept_by_region;

TEST_CASE("one region more drops the one that was asked for longest ago, and only that one") {
    kept_by_region<int> kept("home", 4);
    for (const auto* region : {"home", "a", "b", "c"}) kept.put(region, std::make_shared<int>(1));
    CHECK(kept.find("a") != nullptr);
    kept.put("d", std::make_shared<int>(1));
    CHECK(kept.size() == 4);
    CHECK(kept.find("b") == nullptr);
    for (const auto* region : {"home", "a", "c", "d"}) CHECK(kept.find(region) != nullptr);
}

TEST_CASE("a region in use survives any number of others") {
    kept_by_region<int> kept("home", 4);
    kept.put("home", std::make_shared<int>(1));
    kept.put("busy", std::make_shared<int>(1));
    const auto* const first = kept.find("busy").get();
    for (int i = 0; i < 100; ++i) {
        kept.put("invented-" + std::to_string(i), std::make_shared<int>(1));
        CHECK(kept.find("busy").get() == first);
    }
    CHECK(kept.find("home") != nullptr);
    CHECK(kept.size() == 4);
}

TEST_CASE("what somebody holds is not dropped") {
    kept_by_region<int> kept("home", 2);
    kept.put("a", std::make_shared<int>(1));
    kept.put("b", std::make_shared<int>(1));
    const auto held = kept.find("a"), too = kept.find("b");
    kept.put("c", std::make_shared<int>(1));
    CHECK(kept.find("a") == held);
    CHECK(kept.find("b") == too);
    CHECK(kept.size() == 3);
}
