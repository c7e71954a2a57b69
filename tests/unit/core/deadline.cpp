#include "core/deadline.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;

TEST_CASE("ADeadlinePassesAtItsTimeAndNotBefore") {
    const steady_time start{100s};
    const deadline end(start + 2s);
    CHECK_FALSE(end.has_passed(start));
    CHECK_FALSE(end.has_passed(start + 2s - 1ns));
    CHECK(end.has_passed(start + 2s));
    CHECK(end.has_passed(start + 3s));
}

TEST_CASE("WhatRemainsIsNeverNegative") {
    const steady_time start{100s};
    const deadline end(start + 2s);
    CHECK((end.remaining(start) == 2s));
    CHECK((end.remaining(start + 2s) == 0s));
    CHECK((end.remaining(start + 5s) == 0s));
}

TEST_CASE("ADeadlineCanOnlyBeShortened") {
    const deadline near(steady_time{1s}), far(steady_time{2s});
    CHECK((near.sooner(far).at() == near.at()));
    CHECK((far.sooner(near).at() == near.at()));
}

TEST_CASE("ADeadlineCountsFromNow") {
    const auto before = std::chrono::steady_clock::now();
    const auto end = deadline::after(10s);
    const auto after = std::chrono::steady_clock::now();
    CHECK((end.at() >= before + 10s));
    CHECK((end.at() <= after + 10s));
}

TEST_CASE("TheSystemClockTellsBothTimes") {
    const auto before = std::chrono::system_clock::now();
    const auto steady_before = std::chrono::steady_clock::now();
    CHECK((system_clock().now() >= before));
    CHECK((system_clock().steady_now() >= steady_before));
    CHECK((system_clock().now() <= std::chrono::system_clock::now()));
}
