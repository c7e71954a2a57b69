#include "core/ulid.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>

using namespace hourkey;
using namespace std::chrono_literals;

namespace {

constexpr std::array<unsigned char, 10> zeros{}, ones{255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

}  // namespace

TEST_CASE("TheTextOfAUlidFollowsItsSpecification") {
    // The specification's example time: 01ARYZ6S41 is 1469918176385 ms.
    CHECK(ulid::make(wall_time{1469918176385ms}, zeros).str() == "01ARYZ6S410000000000000000");
    CHECK(ulid::make(wall_time{1469918176385ms}, ones).str() == "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    CHECK(ulid{}.str() == "00000000000000000000000000");
    CHECK(ulid{}.is_nil());
    CHECK_FALSE(ulid::make(wall_time{1ms}, zeros).is_nil());
}

TEST_CASE("TheBytesAreBigEndianTimeThenRandomness") {
    constexpr std::array<unsigned char, 10> random{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    const auto id = ulid::make(wall_time{std::chrono::milliseconds(0x0123456789AB)}, random);
    const std::array<unsigned char, 16> expected{0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    CHECK(std::equal(expected.begin(), expected.end(), id.bytes().begin()));
}

TEST_CASE("EveryBitSurvivesTextAndBack") {
    for (std::size_t bit = 0; bit < 128; ++bit) {
        CAPTURE(bit);
        std::array<unsigned char, 10> random{};
        std::uint64_t ms = 0;
        if (bit < 48) {
            ms = std::uint64_t{1} << bit;
        } else {
            random[(bit - 48) / 8] = static_cast<unsigned char>(1U << (bit - 48) % 8);
        }
        // The clock of nanoseconds ends long before a ULID's 48 bits do.
        if (ms > 9'000'000'000'000) continue;
        const auto id = ulid::make(wall_time{std::chrono::milliseconds(ms)}, random);
        const auto back = ulid::parse(id.str());
        REQUIRE(back.has_value());
        CHECK((*back == id));
    }
    const auto highest = ulid::parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    REQUIRE(highest.has_value());
    CHECK(highest->str() == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

TEST_CASE("OnlyTheCanonicalTextIsAUlid") {
    using namespace std::string_literals;
    const std::pair<const char*, std::string> rows[] = {
        {"empty", ""},
        {"25 characters", "01ARYZ6S41000000000000000"},
        {"27 characters", "01ARYZ6S4100000000000000000"},
        {"above 128 bits", "80000000000000000000000000"},
        {"lower case", "01aryz6s410000000000000000"},
        {"I", "01ARYZ6S41000000000000000I"},
        {"L", "01ARYZ6S41000000000000000L"},
        {"O", "01ARYZ6S41000000000000000O"},
        {"U", "01ARYZ6S41000000000000000U"},
        {"dash", "01ARYZ6S41-000000000000000"},
        {"NUL at the end", "01ARYZ6S41000000000000000\0"s},
        {"high byte first",
         "\xFF"
         "1ARYZ6S410000000000000000"},
        {"high byte", "01ARYZ6S41000000000000000\xE9"},
    };
    for (const auto& [name, text] : rows) {
        CAPTURE(name);
        CHECK_FALSE(ulid::parse(text).has_value());
    }
}

TEST_CASE("UlidsSortByTime") {
    CHECK((ulid::make(wall_time{1000ms}, ones) < ulid::make(wall_time{1001ms}, zeros)));
    CHECK(ulid::make(wall_time{1000ms}, ones).str() < ulid::make(wall_time{1001ms}, zeros).str());
}
