#include "server/doors/query.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::server {

TEST_CASE("A query is read by name, decoded, and nothing in it may be left unasked") {
    auto q = query::parse("a=1&b=x%20y&c=");
    REQUIRE(q.has_value());
    CHECK(q->text("b").value() == "x y");
    CHECK(q->text("c").value().empty());
    CHECK(!q->text("d"));
    CHECK(!q->finish());
    CHECK(q->finish().error().message.find("'a'") != std::string::npos);
    CHECK(q->integer("a", 1, 1).value().value() == 1);
    CHECK(q->finish().has_value());
}

TEST_CASE("No query is an empty one") {
    auto q = query::parse("");
    REQUIRE(q.has_value());
    CHECK(q->finish().has_value());
    CHECK(!q->integer("a", 0, 1).value());
}

TEST_CASE("What two readers could read differently is refused") {
    for (const std::string raw : {"a", "&a=1", "a=1&&b=2", "=1", "a=1&a=1", "a=1&a=2", "a=1&%61=2", "a=%", "a=%4",
                                  "a=%zz", "a=%ff", "a=%c0%af"}) {
        CAPTURE(raw);
        const auto q = query::parse(raw);
        REQUIRE(!q);
        CHECK(q.error().code == errc::invalid_request);
    }
}

TEST_CASE("A number is whole and within its range") {
    const struct {
        std::string text;
        bool good;
    } rows[] = {{"10", true},    {"20", true},     {"9", false},     {"21", false},
                {"", false},     {"+10", false},   {"10.0", false},  {"1e1", false},
                {"0x10", false}, {"%2010", false}, {"10%20", false}, {"99999999999999999999", false}};
    for (const auto& r : rows) {
        CAPTURE(r.text);
        auto q = query::parse("n=" + std::string(r.text));
        REQUIRE(q.has_value());
        CHECK(q->integer("n", 10, 20).has_value() == r.good);
    }
}

TEST_CASE("An unknown name is repeated only when it is plain") {
    auto q = query::parse("%3Cscript%3E=1");
    REQUIRE(q.has_value());
    REQUIRE(!q->finish());
    CHECK(q->finish().error().message.find("script") == std::string::npos);
}

}  // namespace hourkey::server
