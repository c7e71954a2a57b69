#include "agent/keeper.hpp"

#include "agent_fixture.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;
using test::code_of;

namespace {

struct heard {
    agent::notice::what what;
    errc why;
    wall_time until;
    std::chrono::seconds clock_offset;
};

class keeper_fixture {
public:
    explicit keeper_fixture(agent::renewal renews = agent::renewal::always)
        : from(on, clock),
          kept(std::make_shared<agent::keeper>(
              on, test::named("prod"), from.get(),
              agent::keeper_settings{.renews = renews,
                                     .tell =
                                         [this](const agent::notice& n) {
                                             notices.push_back({n.told, n.why.code, n.until, n.clock_offset});
                                         },
                                     .clock = &clock,
                                     .random = [] { return 0.5; }})) {}

    result<agent::keeper::handed> get(std::chrono::milliseconds within = 10s) {
        return test::run_on(on, kept->get(deadline::after(within)));
    }
    /// The number of the fetch whose credentials are handed out; 0: none are.
    int number() {
        const auto got = get();
        return got ? (*got)->access_key_id.back() - '0' : 0;
    }
    void tick() {
        kept->tick();
        test::settle(on);
    }

    net::reactor on;
    test::told_clock clock;
    test::stand_in_source from;
    std::vector<heard> notices;
    std::shared_ptr<agent::keeper> kept;
};

}  // namespace

TEST_CASE("CredentialsAreFetchedOnceAndHandedOutAgain") {
    keeper_fixture f;
    CHECK(f.number() == 1);
    f.clock.pass(29min);
    f.tick();
    CHECK(f.number() == 1);
    CHECK(f.from.asked == std::vector<std::string>{"prod"});
}

TEST_CASE("AllWhoAskAtOnceShareOneFetch") {
    keeper_fixture f;
    f.from.hold();
    std::vector<result<agent::keeper::handed>> got;
    const auto ask = [](keeper_fixture& of, auto& into) -> task<> {
        into.push_back(co_await of.kept->get(deadline::after(10s)));
    };
    for (int i = 0; i < 100; ++i) f.on.spawn(ask(f, got));
    test::settle(f.on);
    CHECK(got.empty());
    CHECK(f.from.asked.size() == 1);
    f.from.let_go();
    test::settle(f.on);
    REQUIRE(got.size() == 100);
    for (const auto& one : got) CHECK(test::must(one) == test::must(got.front()));
    CHECK(f.from.asked.size() == 1);
}

TEST_CASE("TheyAreRenewedInTheBackgroundAtHalfOfTheirLife") {
    keeper_fixture f;
    REQUIRE(f.number() == 1);
    for (int fetched = 2; fetched < 6; ++fetched) {
        f.clock.pass(30min);
        f.tick();
        CHECK(f.number() == fetched);
    }
    CHECK(f.from.asked.size() == 5);
    CHECK(f.notices.empty());
}

TEST_CASE("WhoeverAsksMeanwhileIsNotKeptWaiting") {
    keeper_fixture f;
    REQUIRE(f.number() == 1);
    f.clock.pass(30min);
    f.from.hold();
    f.tick();
    CHECK(f.number() == 1);
    CHECK(f.from.asked.size() == 2);
    f.from.let_go();
    test::settle(f.on);
    CHECK(f.number() == 2);
}

TEST_CASE("WithLittleLeftWhoeverAsksWaitsForNewerOnes") {
    keeper_fixture f(agent::renewal::while_used);
    REQUIRE(f.number() == 1);
    f.clock.pass(41min);
    CHECK(f.number() == 2);

    f.clock.pass(41min);
    f.from.hold();
    const auto got = f.get(1ms);  // not for ever
    CHECK(test::must(got)->access_key_id.back() == '2');
}

TEST_CASE("UnusedOnesAreNotRenewedWhereThatIsNotWanted") {
    keeper_fixture f(agent::renewal::while_used);
    REQUIRE(f.number() == 1);
    f.clock.pass(31min);
    f.tick();
    CHECK(f.from.asked.size() == 1);
    CHECK(f.number() == 1);  // asked for: renewed from now on
    test::settle(f.on);
    CHECK(f.from.asked.size() == 2);
    f.clock.pass(2h);
    f.tick();
    CHECK(f.from.asked.size() == 2);
    CHECK(f.number() == 3);
}

TEST_CASE("ExpiredOnesAreNeverHandedOut") {
    keeper_fixture f(agent::renewal::while_used);
    REQUIRE(f.number() == 1);
    f.from.fails = failure(errc::connection_failed);
    f.clock.pass(1h - 11s);
    CHECK(f.number() == 1);
    f.clock.pass(1s);
    const auto got = f.get();
    CHECK(code_of(got) == errc::connection_failed);
}

TEST_CASE("WhatNoLongerNeedsToBeKeptIsWiped") {
    keeper_fixture f;
    std::weak_ptr<const api::credentials> first, second;
    first = test::must(f.get());
    f.clock.pass(30min);
    f.tick();
    CHECK(first.expired());
    second = test::must(f.get());
    f.from.fails = failure(errc::connection_failed);
    f.clock.pass(1h);
    f.tick();
    CHECK(second.expired());
}

TEST_CASE("WhileTheServerIsDownTheUnexpiredOnesAreServedOnAndThatIsToldOnce") {
    keeper_fixture f;
    REQUIRE(f.number() == 1);
    const auto end = f.clock.wall + 1h;
    f.from.fails = failure(errc::connection_failed);
    for (int minute = 0; minute < 59; ++minute) {
        f.clock.pass(1min);
        f.tick();
        CHECK(f.number() == 1);
    }
    CHECK(f.from.asked.size() > 20);
    REQUIRE(f.notices.size() == 1);
    CHECK(f.notices[0].what == agent::notice::what::served_on);
    CHECK(f.notices[0].why == errc::connection_failed);
    CHECK(f.notices[0].until == end);

    f.from.fails.reset();
    f.clock.pass(31s);
    f.tick();
    CHECK(f.number() > 1);
    REQUIRE(f.notices.size() == 2);
    CHECK(f.notices[1].what == agent::notice::what::back);
}

TEST_CASE("ARefusalIsFeltAtOnceAndToldAsTheServerSaidIt") {
    for (const auto code : {errc::unauthenticated, errc::app_not_allowed, errc::role_not_allowed, errc::not_found,
                            errc::connection_not_ready, errc::trust_refused, errc::min_ttl_unmet,
                            errc::duration_out_of_range, errc::invalid_request}) {
        CAPTURE(describe(code).api);
        keeper_fixture f;
        REQUIRE(f.number() == 1);
        f.from.fails = test::refused_by_server();
        f.from.fails->code = code;
        f.clock.pass(30min);
        f.tick();
        for (int tries = 0; tries < 5; ++tries) {
            const auto got = f.get();
            REQUIRE(!got);
            CHECK(got.error().code == code);
            CHECK(got.error().message == f.from.fails->message);
            CHECK(*got.error().request_id == *f.from.fails->request_id);
        }
        CHECK(f.from.asked.size() == 2);
        REQUIRE(f.notices.size() == 1);
        CHECK(f.notices[0].what == agent::notice::what::refused);

        // Nobody asks unasked, and a grant that is there again is felt within five seconds.
        f.clock.pass(1h);
        f.tick();
        CHECK(f.from.asked.size() == 2);
        f.from.fails.reset();
        CHECK(f.number() == 3);
    }
}

TEST_CASE("WhatIsNobodysDecisionIsNoRefusal") {
    for (const auto code : {errc::protocol_violation, errc::tls_failed, errc::rate_limited, errc::sts_throttled,
                            errc::sts_unavailable, errc::sts_rejected, errc::audit_unavailable, errc::shutting_down,
                            errc::payload_too_large, errc::deadline_exceeded, errc::internal})
        CHECK(agent::kind_of(failure(code)) == agent::fetch_failure::outage);
}

TEST_CASE("ALateAnswerIsKeptForTheNextTry") {
    keeper_fixture f;
    f.from.hold();
    CHECK(code_of(f.get(1ms)) == errc::deadline_exceeded);
    CHECK(code_of(f.get(1ms)) == errc::deadline_exceeded);
    f.from.let_go();
    CHECK(f.number() == 1);
    CHECK(f.from.asked.size() == 1);
}

TEST_CASE("ASourceThatThrowsIsAFailureLikeOthers") {
    net::reactor on;
    const auto throwing = [](connection_name, deadline) -> task<result<agent::fetched>> {
        throw std::runtime_error("out of everything");
        co_return failure(errc::internal);
    };
    const auto kept = std::make_shared<agent::keeper>(on, test::named("prod"), throwing, agent::keeper_settings{});
    const auto got = test::run_on(on, kept->get(deadline::after(10s)));
    CHECK(code_of(got) == errc::internal);
    CHECK(code_of(test::run_on(on, kept->get(deadline::after(10s)))) == errc::internal);
}

TEST_CASE("AWrongClockIsToldOnceAndTheEndIsByThatClock") {
    for (const auto offset : {-7200s, 7200s}) {
        keeper_fixture f;
        f.from.clock_offset = offset;
        const auto got = test::must(f.get());
        CHECK(got->expiration == f.clock.wall + 1h);
        f.clock.pass(30min);
        f.tick();
        CHECK(f.number() == 2);
        REQUIRE(f.notices.size() == 1);
        CHECK(f.notices[0].what == agent::notice::what::clock);
        CHECK(f.notices[0].clock_offset == offset);
    }
}

TEST_CASE("CredentialsThatHaveEndedWhenTheyComeAreAFailureOfTheServers") {
    keeper_fixture f;
    f.from.life = 0s;
    const auto got = f.get();
    CHECK(code_of(got) == errc::protocol_violation);
    CHECK(got.error().message.find("clock") != std::string::npos);
}
