#include "obs/request_id.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <thread>
#include <vector>

using namespace hourkey;
using namespace std::chrono_literals;

TEST_CASE("ARequestIdCarriesItsTime") {
    const wall_time now{1'700'000'000'123ms};
    const auto id = obs::next_request_id(now);
    CHECK_FALSE(id.is_nil());
    const std::array<unsigned char, 10> zeros{}, ones{255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    CHECK((id >= ulid::make(now, zeros)));
    CHECK((id <= ulid::make(now, ones)));
}

TEST_CASE("RequestIdsAreUniqueOverThreadsInOneMillisecond") {
    constexpr std::size_t threads = 4, each = 20'000;
    const wall_time now{1'700'000'000'000ms};
    std::vector<std::vector<ulid>> made(threads);
    std::vector<std::jthread> running;
    for (auto& mine : made)
        running.emplace_back([&mine, now] {
            for (std::size_t i = 0; i < each; ++i) mine.push_back(obs::next_request_id(now));
        });
    running.clear();
    std::set<ulid> all;
    for (const auto& mine : made) all.insert(mine.begin(), mine.end());
    CHECK(all.size() == threads * each);
}
