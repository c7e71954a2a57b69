#include "aws/external_id.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace hourkey;

TEST_CASE("an external id is what STS takes") {
    const struct {
        const char* name;
        std::string text;
        bool good;
    } rows[] = {
        {"every kind of character", "hk-0a+b=c,d.e@f:g/h-i_j", true},
        {"2 characters", "ab", true},
        {"1 character", "a", false},
        {"nothing", "", false},
        {"1224 characters", std::string(1224, 'x'), true},
        {"1225 characters", std::string(1225, 'x'), false},
        {"a space", "a b", false},
        {"a quote", "a\"b", false},
        {"UTF-8", "a\xC3\xA9", false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto id = aws::external_id::parse(r.text);
        CHECK(id.has_value() == r.good);
        if (id) CHECK(id->str() == r.text);
        if (!id) CHECK(id.error().text().starts_with("external_id"));
    }
}

TEST_CASE("one of ours has 128 bits in hex") {
    std::set<std::string> made;
    for (int i = 0; i < 1000; ++i) made.insert(aws::make_external_id().str());
    CHECK(made.size() == 1000);
    for (const auto& id : made) {
        REQUIRE(id.size() == 35);
        REQUIRE(id.starts_with("hk-"));
        REQUIRE(id.find_first_not_of("0123456789abcdef", 3) == std::string::npos);
        REQUIRE(aws::external_id::parse(id).has_value());
    }
}
