#include "credentials/expiration_text.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace std::chrono;

TEST_CASE("what programs write for RFC 3339 is read") {
    const wall_time new_year{sys_days{year{2099} / 1 / 1}};
    for (const auto* text :
         {"2099-01-01T00:00:00Z", "2099-01-01 00:00:00Z", "2099-01-01T00:00:00+0000", "2099-01-01 00:00:00+00:00",
          "2099-01-01 00:00:00 +0000", "2099-01-01T01:00:00+0100", "2098-12-31T22:30:00-0130", "2099-01-01T01:00:00+01",
          "2099-01-01 00:00:00.000000+00:00", "2099-01-01 00:00:00 UTC", "2099-01-01T00:00:00GMT",
          "2099-01-01t00:00:00 z", " 2099-01-01T00:00:00Z "}) {
        CAPTURE(text);
        const auto got = parse_expiration(text);
        REQUIRE(got.has_value());
        CHECK(*got == new_year);
    }
    CHECK(parse_expiration("2099-01-01 00:00:00.25 +0000").value() == new_year + 250ms);
}

TEST_CASE("a time whose zone is not known is refused") {
    for (const auto* text : {"", " ", "2099", "2099-01-01", "2099-01-01T00:00:00", "2099-01-01 00:00:00 ",
                             "2099-01-01T00:00:00+", "2099-01-01T00:00:00+000", "2099-01-01T00:00:00+00000",
                             "2099-01-01T00:00:00EST", "2099-01-01T00:00:00  Z", "2099-01-01T00:00:00Zx", "4070908800",
                             "2099-01-01T00:00:00 +2400", "2099-01-01  00:00:00Z", "tomorrow at 00:00:00 UTC"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_expiration(text).has_value());
    }
}
