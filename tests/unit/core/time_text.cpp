#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace hourkey;
using namespace std::chrono;
using namespace std::string_literals;

namespace {

constexpr wall_time at(year_month_day day, seconds in_day = {}) { return wall_time{sys_days{day}} + in_day; }
constexpr wall_time example = at(year{1994} / 11 / 6, 8h + 49min + 37s);

}  // namespace

TEST_CASE("ATimeIsWrittenInItsThreeForms") {
    struct row {
        wall_time t;
        const char *rfc3339, *amz, *http;
    };
    const row rows[] = {
        {example, "1994-11-06T08:49:37Z", "19941106T084937Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
        {wall_time{}, "1970-01-01T00:00:00Z", "19700101T000000Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
        {at(year{2024} / 2 / 29, 23h + 59min + 59s) + 999'999'999ns, "2024-02-29T23:59:59Z", "20240229T235959Z",
         "Thu, 29 Feb 2024 23:59:59 GMT"},
        {at(year{1969} / 12 / 31, 23h + 59min + 59s) + 1ns, "1969-12-31T23:59:59Z", "19691231T235959Z",
         "Wed, 31 Dec 1969 23:59:59 GMT"},
        {at(year{2261} / 12 / 31), "2261-12-31T00:00:00Z", "22611231T000000Z", "Tue, 31 Dec 2261 00:00:00 GMT"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.rfc3339);
        CHECK(to_rfc3339(row.t) == row.rfc3339);
        CHECK(to_amz_date(row.t) == row.amz);
        CHECK(to_http_date(row.t) == row.http);
    }
}

TEST_CASE("Rfc3339IsRead") {
    const std::pair<const char*, wall_time> rows[] = {
        {"1994-11-06T08:49:37Z", example},
        {"1994-11-06t08:49:37z", example},
        {"1994-11-06T08:49:37.5Z", example + 500ms},
        {"1994-11-06T08:49:37.000000001Z", example + 1ns},
        {"1994-11-06T08:49:37.999999999Z", example + 999'999'999ns},
        {"1994-11-06T09:49:37+01:00", example},
        {"1994-11-06T03:19:37-05:30", example},
        {"1994-11-06T08:49:37.25+00:00", example + 250ms},
        {"1994-11-06T08:49:37-00:00", example},
        {"1970-01-01T00:00:00Z", wall_time{}},
        {"2024-02-29T00:00:00Z", at(year{2024} / 2 / 29)},
        {"2261-12-31T23:59:59-23:59", at(year{2262} / 1 / 1, 23h + 58min + 59s)},
        {"1970-01-01T00:00:00+23:59", wall_time{} - 23h - 59min},
    };
    for (const auto& [text, time] : rows) {
        CAPTURE(text);
        const auto parsed = parse_rfc3339(text);
        REQUIRE(parsed.has_value());
        CHECK((*parsed == time));
    }
}

TEST_CASE("WhatIsNotRfc3339IsRefused") {
    for (const auto& text : {""s,
                             "1994-11-06"s,
                             "1994-11-06T08:49:37"s,
                             "1994-11-06 08:49:37Z"s,
                             "1994-11-06T08:49Z"s,
                             "1994-11-06T08:49:37ZZ"s,
                             "1994-11-06T08:49:37.Z"s,
                             "1994-11-06T08:49:37.1234567890Z"s,
                             "1994-11-06T08:49:37.5"s,
                             "1994-13-06T08:49:37Z"s,
                             "1994-00-06T08:49:37Z"s,
                             "1994-11-31T08:49:37Z"s,
                             "2023-02-29T00:00:00Z"s,
                             "2100-02-29T00:00:00Z"s,
                             "1994-11-06T24:00:00Z"s,
                             "1994-11-06T08:60:37Z"s,
                             "1994-11-06T08:49:60Z"s,
                             "1969-12-31T23:59:59Z"s,
                             "2262-01-01T00:00:00Z"s,
                             "9999-12-31T23:59:59Z"s,
                             "1994-11-06T08:49:37+0100"s,
                             "1994-11-06T08:49:37+01"s,
                             "1994-11-06T08:49:37+24:00"s,
                             "1994-11-06T08:49:37+01:60"s,
                             "1994-11-06T08:49:37+01:00x"s,
                             "1994-11-06T08:49:37 01:00"s,
                             "+994-11-06T08:49:37Z"s,
                             "1994-11- 6T08:49:37Z"s,
                             "1994-11-06T-8:49:37Z"s,
                             " 1994-11-06T08:49:37Z"s,
                             "1994-11-06T08:49:37Z "s,
                             "1994-11-06T08:49:37\0Z"s,
                             "19941106T084937Z"s}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rfc3339(text).has_value());
    }
}

TEST_CASE("AnAmzDateIsReadStrictly") {
    CHECK((parse_amz_date("19941106T084937Z").value() == example));
    for (const auto* const text : {"", "19941106", "19941106T084937", "19941106t084937z", "1994-11-06T08:49:37Z",
                                   "19941106T084937Zx", "19941306T084937Z", "1994110 T084937Z", "19941106T084960Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_amz_date(text).has_value());
    }
}

TEST_CASE("AnHttpDateIsReadStrictly") {
    CHECK((parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value() == example));
    // RFC 9110's two obsolete forms, and damaged ones.
    for (const auto* const text :
         {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text).has_value());
    }
}

TEST_CASE("EveryDayOfTheCenturyComesBack") {
    for (auto day = sys_days{year{2000} / 1 / 1}; day < sys_days{year{2100} / 1 / 1}; day += days{1}) {
        const auto t = wall_time{day} + 12h + 34min + 56s;
        REQUIRE((parse_rfc3339(to_rfc3339(t)).value() == t));
        REQUIRE((parse_amz_date(to_amz_date(t)).value() == t));
        REQUIRE((parse_http_date(to_http_date(t)).value() == t));
    }
}
