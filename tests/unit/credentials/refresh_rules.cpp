#include "credentials/refresh_rules.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace std::chrono_literals;

namespace {

const wall_time start = wall_time(std::chrono::sys_days(std::chrono::year(2026) / 1 / 2));
const steady_time boot{};

random_source always(double value) {
    return [value] { return value; };
}

}  // namespace

TEST_CASE("the first fetch is due at once") { CHECK(refresh_rules(always(0)).is_due(start, boot)); }

TEST_CASE("credentials are refreshed ahead of their end, short ones at half of their life") {
    struct row {
        const char* name;
        std::chrono::seconds life;
        double random;
        std::chrono::seconds due;
    };
    for (const auto& r : {row{"an hour", 3600s, 0, 2700s}, row{"an hour with all of the jitter", 3600s, 1, 2640s},
                          row{"twelve hours", 43200s, 0, 42300s}, row{"half an hour", 1800s, 0, 900s},
                          row{"a quarter of an hour", 900s, 1, 450s}, row{"ten seconds", 10s, 0, 5s}}) {
        CAPTURE(r.name);
        refresh_rules rules(always(r.random));
        rules.succeeded(start, start + r.life);
        CHECK_FALSE(rules.is_due(start, boot));
        CHECK_FALSE(rules.is_due(start + r.due - 1s, boot));
        CHECK(rules.is_due(start + r.due, boot));
    }
}

TEST_CASE("credentials without an end are never due") {
    refresh_rules rules(always(0));
    rules.succeeded(start, std::nullopt);
    CHECK_FALSE(rules.is_due(start + 24h * 3650, boot + 24h));
}

TEST_CASE("failures back off from 2 to 32 seconds, and a success starts anew") {
    refresh_rules rules(always(0));
    auto now = boot;
    for (const auto wait : {2s, 4s, 8s, 16s, 32s, 32s}) {
        rules.failed(now);
        CHECK_FALSE(rules.is_due(start, now + wait - 1ms));
        now += wait;
        CHECK(rules.is_due(start, now));
    }
    rules.succeeded(start, start + 1h);
    CHECK_FALSE(rules.is_due(start, now));
    rules.failed(now);
    CHECK(rules.is_due(start, now + 2s));
}

TEST_CASE("jitter shortens a back-off by at most a quarter") {
    back_off waits(always(1));
    CHECK(waits.next() == 1500ms);
    CHECK(waits.next() == 3000ms);
}
