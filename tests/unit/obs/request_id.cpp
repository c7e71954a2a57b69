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

namespace {

/// splitmix64's last steps, undone: an id made of a mixed counter gives the counter back.
std::uint64_t unmixed(std::uint64_t x) {
    const auto unshift = [](std::uint64_t v, int by) {
        auto out = v;
        for (int done = by; done < 64; done += by) out = v ^ (out >> by);
        return out;
    };
    x = unshift(x, 31) * 0x319642b2d24d8ec3U;
    x = unshift(x, 27) * 0x96de1b173f119089U;
    return unshift(x, 30);
}

std::uint64_t eight_bytes(const ulid& id, std::size_t from) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out |= std::uint64_t{id.bytes()[from + i]} << (8 * i);
    return out;
}

}  // namespace

TEST_CASE("ARequestIdDoesNotTellHowManyOthersThereWere") {
    const wall_time now{1'700'000'000'000ms};
    std::vector<ulid> made;
    for (int i = 0; i < 64; ++i) made.push_back(obs::next_request_id(now));
    // Whatever is read as a number, plain or through splitmix64: no step between neighbours comes twice, and no byte
    // stays.
    for (std::size_t from = 6; from <= 8; ++from) {
        std::set<std::uint64_t> steps, mixed_steps;
        for (std::size_t i = 1; i < made.size(); ++i) {
            steps.insert(eight_bytes(made[i], from) - eight_bytes(made[i - 1], from));
            mixed_steps.insert(unmixed(eight_bytes(made[i], from)) - unmixed(eight_bytes(made[i - 1], from)));
        }
        CHECK(steps.size() == made.size() - 1);
        CHECK(mixed_steps.size() == made.size() - 1);
    }
    for (std::size_t at = 6; at < 16; ++at) {
        std::set<unsigned char> seen;
        for (const auto& id : made) seen.insert(id.bytes()[at]);
        CHECK(seen.size() > 32);  // of 64 drawn from 256; fewer once in 10^10 runs
    }
}
