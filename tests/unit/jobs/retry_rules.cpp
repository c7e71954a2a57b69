#include "jobs/retry_rules.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;

TEST_CASE("Pauses double up to an hour, and each is shortened by up to a half") {
    constexpr wall_time now{1'800'000'000s};
    struct row {
        std::uint32_t attempts;
        std::chrono::seconds longest;
    };
    for (const auto& r : {row{0, 10s}, row{1, 10s}, row{2, 20s}, row{3, 40s}, row{9, 2560s}, row{10, 3600s},
                          row{11, 3600s}, row{4'000'000'000U, 3600s}}) {
        CAPTURE(r.attempts);
        CHECK(jobs::next_try(r.attempts, now, 0) == now + r.longest);
        for (const std::uint64_t random : {std::uint64_t{1}, std::uint64_t{1'234'567'891'234}, UINT64_MAX}) {
            const auto at = jobs::next_try(r.attempts, now, random);
            CHECK(at <= now + r.longest);
            CHECK(at >= now + r.longest / 2);
        }
    }
}
