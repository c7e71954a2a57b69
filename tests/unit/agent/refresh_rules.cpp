#include "agent/refresh_rules.hpp"

#include "agent_fixture.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;
using agent::fetch_failure;
using agent::refresh_rules;
using use = refresh_rules::use;

namespace {

struct rules_at {
    test::told_clock clock;
    refresh_rules rules;
    explicit rules_at(double random = 0.5) : rules([random] { return random; }) {}

    bool fetch(std::chrono::seconds life) { return rules.fetched(clock.wall, clock.steady, clock.wall + life); }
    void fail(fetch_failure how, std::optional<std::chrono::seconds> retry_after = {}) {
        rules.failed(how, clock.steady, retry_after);
    }
    [[nodiscard]] use judge() const { return rules.judge(clock.wall, clock.steady); }
    [[nodiscard]] bool is_due() const { return rules.is_due(clock.wall, clock.steady); }
    [[nodiscard]] bool is_usable() const { return rules.is_usable(clock.wall, clock.steady); }

    /// Second by second from a fetch, until it holds.
    template <class Holds>
    std::chrono::seconds time_until(Holds holds) {
        for (std::chrono::seconds passed{0};; ++passed, clock.pass(1s)) {
            REQUIRE(passed < 24h);
            if (holds()) return passed;
        }
    }
};

}  // namespace

TEST_CASE("RenewalIsAtHalfOfALifeAndEarlierWhereTheSdksWantMoreLeft") {
    struct row {
        std::chrono::seconds life, due, in_line, ended;
    };
    // due: renewed unasked; in_line: whoever asks waits for newer ones; ended: handed out no longer
    for (const auto& r : {row{12h, 6h, 11h + 40min, 12h - 10s}, row{1h, 30min, 40min, 1h - 10s},
                          row{40min, 20min, 25min, 40min - 10s}, row{30min, 10min, 15min, 30min - 10s},
                          row{24min, 6min, 10min + 30s, 24min - 10s}, row{20min, 10min, 12min + 30s, 20min - 10s},
                          row{15min, 450s, 563s, 15min - 10s}, row{60s, 30s, 38s, 54s}, row{6s, 3s, 4s, 6s}}) {
        CAPTURE(r.life.count());
        rules_at due, in_line, ended;
        for (auto* one : {&due, &in_line, &ended}) REQUIRE(one->fetch(r.life));
        CHECK(due.time_until([&] { return due.is_due(); }) == r.due);
        CHECK(in_line.time_until([&] { return in_line.judge() == use::after_try; }) == r.in_line);
        CHECK(ended.time_until([&] { return !ended.is_usable(); }) == r.ended);
        CHECK(ended.judge() == use::when_fetched);
        CHECK_FALSE(ended.is_due());
    }
}

TEST_CASE("RenewalsAreSpreadByATenthToBothSides") {
    rules_at early(0), late(0.999'999);
    REQUIRE(early.fetch(1h));
    REQUIRE(late.fetch(1h));
    CHECK(early.time_until([&] { return early.is_due(); }) == 27min);
    CHECK(late.time_until([&] { return late.is_due(); }) == 33min);
}

TEST_CASE("WithNothingAtHandNobodyIsServedAndNothingIsRenewedUnasked") {
    const rules_at fresh;
    CHECK(fresh.judge() == use::when_fetched);
    CHECK_FALSE(fresh.is_due());
    CHECK_FALSE(fresh.is_usable());
}

TEST_CASE("ARefusalEndsWhatWasAtHandAndAnswersForFiveSeconds") {
    rules_at at;
    REQUIRE(at.fetch(1h));
    at.fail(fetch_failure::refusal);
    CHECK_FALSE(at.is_usable());
    CHECK_FALSE(at.is_due());
    CHECK(at.judge() == use::not_now);
    CHECK(at.time_until([&] { return at.judge() == use::when_fetched; }) == refresh_rules::refusal_holds);
    REQUIRE(at.fetch(1h));
    CHECK(at.judge() == use::at_once);
}

TEST_CASE("AnOutageLeavesWhatIsAtHandAndIsTriedAgainEverMoreSeldom") {
    rules_at at(0);
    REQUIRE(at.fetch(1h));
    at.clock.pass(45min);
    REQUIRE(at.judge() == use::after_try);
    for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        at.fail(fetch_failure::outage);
        CHECK(at.is_usable());
        CHECK(at.judge() == use::at_once);
        CHECK(at.time_until([&] { return at.is_due(); }) == pause);
        CHECK(at.judge() == use::after_try);
    }
    // A success makes the next pause short again.
    REQUIRE(at.fetch(1h));
    at.clock.pass(45min);
    at.fail(fetch_failure::outage);
    CHECK(at.time_until([&] { return at.is_due(); }) == 1s);
}

TEST_CASE("PausesAreShortenedByUpToAQuarter") {
    rules_at at(0.999'999);
    REQUIRE(at.fetch(1h));
    at.clock.pass(45min);
    for (int i = 0; i < 3; ++i) at.fail(fetch_failure::outage);
    CHECK(at.time_until([&] { return at.is_due(); }) == 4s);  // the third is 4 s, less a quarter, in whole seconds
    at.fail(fetch_failure::outage);
    at.clock.pass(6s);
    CHECK_FALSE(at.is_due());
    at.clock.pass(1ms);
    CHECK(at.is_due());
}

TEST_CASE("AnOutageWithNothingAtHandAnswersForASecond") {
    rules_at at;
    for (int i = 0; i < 8; ++i) {
        at.fail(fetch_failure::outage);
        CHECK(at.judge() == use::not_now);
        CHECK(at.time_until([&] { return at.judge() == use::when_fetched; }) == refresh_rules::outage_holds);
    }
}

TEST_CASE("RetryAfterIsHeededUpToAMinute") {
    struct row {
        std::chrono::seconds told, held;
    };
    for (const auto& r : {row{0s, 1s}, row{20s, 20s}, row{60s, 60s}, row{61s, 60s}, row{1h, 60s}}) {
        CAPTURE(r.told.count());
        rules_at nothing(0), something(0);
        nothing.fail(fetch_failure::outage, r.told);
        CHECK(nothing.time_until([&] { return nothing.judge() != use::not_now; }) == r.held);
        REQUIRE(something.fetch(1h));
        something.clock.pass(45min);
        something.fail(fetch_failure::outage, r.told);
        CHECK(something.time_until([&] { return something.is_due(); }) == r.held);
    }
}

TEST_CASE("WhatHasEndedWhenItComesIsNotTakenAndLeavesWhatIsAtHand") {
    for (const auto life : {0s, -1s, -3600s}) {
        rules_at at;
        CHECK_FALSE(at.fetch(life));
        CHECK_FALSE(at.is_usable());
        REQUIRE(at.fetch(1h));
        CHECK_FALSE(at.fetch(life));
        CHECK(at.is_usable());
    }
}

TEST_CASE("AClockThatIsSetBackDoesNotMakeALifeLonger") {
    rules_at at;
    REQUIRE(at.fetch(1h));
    at.clock.pass(1h - 11s);
    at.clock.wall -= 2h;
    CHECK(at.is_usable());
    at.clock.pass(1s);
    CHECK_FALSE(at.is_usable());
    CHECK(at.judge() == use::when_fetched);
}

TEST_CASE("AMachineThatSleptDoesNotMakeALifeLonger") {
    rules_at at;
    REQUIRE(at.fetch(1h));
    at.clock.wall += 2h;  // the steady clock stands still in a suspended machine
    CHECK_FALSE(at.is_usable());
}
