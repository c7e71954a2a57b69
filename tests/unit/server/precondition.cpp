#include "server/doors/precondition.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::server {

TEST_CASE("If-Match holds one ETag of ours in quotes, or the change demands no revision") {
    const struct {
        std::string sent;
        bool good;
        std::uint64_t revision;
    } rows[] = {{"\"1\"", true, 1},
                {"\"18446744073709551615\"", true, 18446744073709551615ULL},
                {"1", false, 0},
                {"\"\"", false, 0},
                {"\"", false, 0},
                {"", false, 0},
                {"\"1", false, 0},
                {"1\"", false, 0},
                {"*", false, 0},
                {"W/\"1\"", false, 0},
                {"\"1\", \"2\"", false, 0},
                {"\"-1\"", false, 0},
                {"\"+1\"", false, 0},
                {"\" 1\"", false, 0},
                {"\"1a\"", false, 0},
                {"\"18446744073709551616\"", false, 0}};
    for (const auto& r : rows) {
        CAPTURE(r.sent);
        http::request request;
        request.headers.emplace_back("If-Match", r.sent);
        const auto demanded = read_precondition(request);
        REQUIRE(demanded.has_value() == r.good);
        if (r.good) CHECK(*demanded->revision == r.revision);
        if (!r.good) CHECK(demanded.error().code == errc::invalid_request);
    }
    const http::request none;
    REQUIRE(read_precondition(none).has_value());
    CHECK(!read_precondition(none)->revision);
    CHECK_FALSE(read_precondition(none)->is_absent);
}

TEST_CASE("If-None-Match is *, and asks that nothing is there") {
    for (const auto* sent : {"*", "\"1\"", "", "**", "* ", "\"*\""}) {
        CAPTURE(sent);
        http::request request;
        request.headers.emplace_back("If-None-Match", sent);
        const auto demanded = read_precondition(request);
        const bool good = std::string_view(sent) == "*";
        REQUIRE(demanded.has_value() == good);
        if (good) CHECK(demanded->is_absent);
        if (!good) CHECK(demanded.error().code == errc::invalid_request);
    }
}

}  // namespace hourkey::server
