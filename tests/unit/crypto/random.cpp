#include "crypto/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <string>

using namespace hourkey;
using namespace std::chrono_literals;

TEST_CASE("RandomBytesFillTheWholeSpan") {
    std::array<bool, 64> changed{};
    // A byte stays zero in all of 20 fillings with a chance of 256^-20.
    for (int i = 0; i < 20; ++i) {
        std::array<unsigned char, 64> bytes{};
        crypto::fill_random(bytes);
        for (std::size_t k = 0; k < bytes.size(); ++k) changed[k] = changed[k] || bytes[k] != 0;
    }
    CHECK(std::ranges::all_of(changed, [](bool b) { return b; }));
    crypto::fill_random({});
}

TEST_CASE("UlidsOfOneMillisecondDiffer") {
    std::set<std::string> made;
    for (int i = 0; i < 1000; ++i) made.insert(crypto::make_ulid(wall_time{1469918176385ms}).str());
    CHECK(made.size() == 1000);
    CHECK(std::ranges::all_of(made, [](const std::string& id) { return id.starts_with("01ARYZ6S41"); }));
}
