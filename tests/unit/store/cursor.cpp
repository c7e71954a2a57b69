#include "store/cursor.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hourkey;
using enum store::cursor_of;

TEST_CASE("A cursor gives its place back to the list that made it, and to no other") {
    for (const std::string place : {"a", "web-2", "*", "0:18446744073709551615", "01J0000000000000000000000Z"}) {
        CAPTURE(place);
        const auto cursor = store::make_cursor(apps, place);
        CHECK((place.size() == 1 || cursor.find(place) == std::string::npos));
        CHECK(store::read_cursor(apps, cursor).value() == place);
        for (const auto other : {tenants, connections, grants, tokens, audit})
            CHECK_FALSE(store::read_cursor(other, cursor).has_value());
    }
    CHECK(store::read_cursor(tokens, "").value().empty());
}

TEST_CASE("What is not ours is refused, and named") {
    const auto good = store::make_cursor(tenants, "acme");
    std::vector<std::string> wrong{"acme",      "7",       "%", good.substr(2), good.substr(0, good.size() - 2),
                                   good + "00", good + " "};
    for (std::size_t i = 0; i < good.size(); ++i) {
        wrong.push_back(good);
        wrong.back()[i] = good[i] == '0' ? '1' : '0';
    }
    for (const auto& text : wrong) {
        CAPTURE(text);
        const auto read = store::read_cursor(tenants, text);
        REQUIRE_FALSE(read.has_value());
        CHECK(read.error().code == errc::invalid_request);
        CHECK(read.error().message.find("cursor") != std::string::npos);
    }
}
