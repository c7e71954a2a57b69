#include "policy/bucket_table.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace hourkey::policy {
namespace {

using namespace std::chrono_literals;

const steady_time start{1000h};
constexpr std::uint64_t seed = 42;

bucket_key key(std::uint64_t n, std::uint8_t kind = 0) {
    bucket_key k{.kind = kind, .id = {}};
    std::memcpy(k.id.data(), &n, sizeof(n));
    return k;
}

bool takes(bucket_table& from, bucket_table::draw d, steady_time now) { return !from.take(std::array{d}, now); }

TEST_CASE("A bucket pays its burst at once, then its rate, and one unit more is refused") {
    struct row {
        const char* name;
        allowance from;
        std::uint32_t units;
        std::uint32_t at_once;  ///< draws
        std::chrono::nanoseconds until_next;
    };
    const std::vector<row> rows{{"ten a second, burst of ten", {10, 10}, 1, 10, 100ms},
                                {"burst of a hundred", {10, 100}, 1, 100, 100ms},
                                {"one a second", {1, 1}, 1, 1, 1s},
                                {"draws of five", {10, 20}, 5, 4, 500ms},
                                {"more than the burst is taken as the burst", {10, 10}, 1000, 1, 1s}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        bucket_table table(seed);
        const bucket_table::draw d{key(1), r.from, r.units};
        for (std::uint32_t n = 0; n < r.at_once; ++n) REQUIRE(takes(table, d, start));
        const auto lacking = table.take(std::array{d}, start);
        REQUIRE(lacking);
        CHECK(lacking->wait == r.until_next);
        CHECK_FALSE(takes(table, d, start + r.until_next - 1ns));
        CHECK(takes(table, d, start + r.until_next));
        CHECK_FALSE(takes(table, d, start + r.until_next));
    }
}

TEST_CASE("A bucket that rests is full again, and no fuller") {
    bucket_table table(seed);
    const bucket_table::draw d{key(1), {10, 10}, 1};
    for (int n = 0; n < 10; ++n) REQUIRE(takes(table, d, start));
    for (int n = 0; n < 10; ++n) CHECK(takes(table, d, start + 1h));
    CHECK_FALSE(takes(table, d, start + 1h));
}

TEST_CASE("Keys and kinds have buckets of their own") {
    bucket_table table(seed);
    const allowance one{1, 1};
    REQUIRE(takes(table, {key(1, 0), one, 1}, start));
    CHECK_FALSE(takes(table, {key(1, 0), one, 1}, start));
    CHECK(takes(table, {key(2, 0), one, 1}, start));
    CHECK(takes(table, {key(1, 1), one, 1}, start));
}

TEST_CASE("Several buckets pay together or none does, and it is said which lacks") {
    bucket_table table(seed);
    const bucket_table::draw tenant{key(1, 0), {1, 2}, 1}, token{key(7, 1), {1, 1}, 1};
    REQUIRE_FALSE(table.take(std::array{tenant, token}, start));
    const auto lacking = table.take(std::array{tenant, token}, start);
    REQUIRE(lacking);
    CHECK(lacking->which == 1);
    CHECK(takes(table, tenant, start));  // the refusal took nothing from it
    CHECK_FALSE(takes(table, tenant, start));
}

TEST_CASE("What is given back can be taken again") {
    bucket_table table(seed);
    const std::array d{bucket_table::draw{key(1), {1, 1}, 1}};
    for (int n = 0; n < 100; ++n) {
        REQUIRE_FALSE(table.take(d, start));
        table.give_back(d);
    }
}

TEST_CASE("A rate of nothing is no limit and takes no place") {
    bucket_table table(seed);
    for (int n = 0; n < 1000; ++n) CHECK(takes(table, {key(1), {0, 0}, 1}, start));
    CHECK(table.size() == 0);
}

TEST_CASE("However many keys come the table is bounded, those in it stay limited, and full buckets make room") {
    bucket_table table(seed);
    constexpr auto many = 2 * bucket_table::shards * bucket_table::most_in_shard;
    const allowance slow{1, 60};
    for (std::uint64_t n = 0; n < many; ++n) CHECK(takes(table, {key(n), slow, 60}, start));
    CHECK(table.size() == bucket_table::shards * bucket_table::most_in_shard);
    CHECK_FALSE(takes(table, {key(0), slow, 1}, start));
    const auto later = start + 2min;
    for (std::uint64_t n = many; n < many + 1000; ++n) CHECK(takes(table, {key(n), slow, 60}, later));
    for (std::uint64_t n = many; n < many + 1000; ++n) CHECK_FALSE(takes(table, {key(n), slow, 1}, later));
}

}  // namespace
}  // namespace hourkey::policy
