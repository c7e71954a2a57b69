#include "store_sqlite/checkpoint_rules.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;
using namespace std::chrono_literals;
using rules = store::checkpoint_rules;
using action = rules::action;

namespace {

constexpr steady_time start{1h};
constexpr auto large = rules::worthwhile_frames;

/// At `after` from the start: a commit that leaves `frames`, what is due then, and what the checkpoint finds if one is
/// due.
struct step {
    std::chrono::milliseconds after;
    std::uint64_t frames;
    action due;
    rules::outcome found = {};
    bool is_held = false;
};

}  // namespace

TEST_CASE("When the log is copied back, and how") {
    struct row {
        const char* name;
        std::vector<step> steps;
    };
    const row rows[] = {
        {"not before it is worth it",
         {{0ms, 1, action::none}, {1ms, large - 1, action::none}, {2ms, large, action::passive, {large, large}}}},
        {"a log that is in the database needs nothing, and begins anew by itself",
         {{0ms, large, action::passive, {large, large}},
          {1ms, large, action::none},
          {2ms, 3, action::none},
          {3ms, large, action::passive, {large, large}}}},
        {"what our own readers kept is fetched soon",
         {{0ms, large, action::passive, {large, large - 8}, true},
          {99ms, large + 50, action::none, {}, true},
          {100ms, large + 50, action::passive, {large + 50, large + 50}}}},
        {"a snapshot that lets nothing through is asked ever more seldom, and never more seldom than every 8 s",
         {{0ms, large, action::passive, {large, 10}, true},
          {100ms, large + 1, action::passive, {large + 1, 10}, true},
          {1'099ms, large + 2, action::none, {}, true},
          {1'100ms, large + 2, action::passive, {large + 2, 10}, true},
          {3'099ms, large + 3, action::none, {}, true},
          {3'100ms, large + 3, action::passive, {large + 3, 10}, true},
          {7'100ms, large + 4, action::passive, {large + 4, 10}, true},
          {15'099ms, large + 5, action::none, {}, true},
          {15'100ms, large + 5, action::passive, {large + 5, 10}, true},
          {23'100ms, 40 * large, action::passive, {40 * large, 10}, true},
          {31'099ms, 41 * large, action::none, {}, true},
          {31'100ms, 41 * large, action::passive, {41 * large, 41 * large}},
          {31'101ms, 2, action::none}}},
        {"a snapshot at the very end keeps the log from beginning anew: then nothing is gained either",
         {{0ms, large, action::passive, {large, large}},
          {1ms, large + 9, action::passive, {large + 9, large}, true},
          {1'000ms, large + 20, action::none, {}, true},
          {1'001ms, large + 20, action::passive, {large + 20, large + 20}}}},
        {"a log that began anew is held by nobody",
         {{0ms, large, action::passive, {large, 10}, true}, {1ms, 5, action::none}}},
        {"after a minute without a write it is cut to nothing, once",
         {{0ms, 7, action::none},
          {59'999ms, 7, action::none},
          {60'000ms, 7, action::truncate, {0, 0}},
          {600'000ms, 0, action::none},
          {600'001ms, 1, action::none}}},
        {"a store that nobody has written to since the start is made whole too",
         {{59'999ms, 0, action::none}, {60'000ms, 0, action::truncate, {0, 0}}}},
        {"cutting that a snapshot forbids is tried again, ever more seldom",
         {{0ms, 7, action::none},
          {60'000ms, 7, action::truncate, {7, 7}},
          {60'001ms, 7, action::truncate, {7, 7}},
          {61'000ms, 7, action::none},
          {61'001ms, 7, action::truncate, {7, 7}},
          {63'000ms, 7, action::none},
          {63'001ms, 7, action::truncate, {0, 0}}}},
    };
    for (const auto& r : rows) {
        rules rule(start);
        for (std::size_t i = 0; i < r.steps.size(); ++i) {
            const auto& s = r.steps[i];
            INFO(r.name, ", step ", i);
            const auto now = start + s.after;
            rule.committed(s.frames, now);
            CHECK(rule.due(now) == s.due);
            if (s.due != action::none) rule.done(s.found, now);
            CHECK(rule.held_since().has_value() == s.is_held);
        }
    }
}

TEST_CASE("The time for which a snapshot holds the log counts from the first checkpoint that it was in the way of") {
    rules rule(start);
    rule.committed(large, start);
    rule.done({large, 10}, start + 1s);
    rule.committed(large + 1, start + 2s);
    rule.done({large + 1, 12}, start + 3s);
    CHECK(rule.held_since() == start + 1s);
    rule.done({large + 1, large + 1}, start + 4s);
    CHECK_FALSE(rule.held_since());
}

TEST_CASE("Many small commits are copied back before the log is long") {
    rules rule(start);
    const auto commit = [&](std::uint64_t frames) {
        rule.committed(frames, start);
        return rule.due(start);
    };
    for (std::uint64_t n = 1; n < rules::worthwhile_commits; ++n) REQUIRE(commit(3 * n) == action::none);
    CHECK(commit(3 * rules::worthwhile_commits) == action::passive);
    rule.done({3 * rules::worthwhile_commits, 3 * rules::worthwhile_commits}, start);
    CHECK(rule.due(start) == action::none);
    // The log begins anew, and so does the count.
    for (std::uint64_t n = 1; n < rules::worthwhile_commits; ++n) REQUIRE(commit(2 * n) == action::none);
    CHECK(commit(2 * rules::worthwhile_commits) == action::passive);
}
