#include "client/refusal.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace hourkey;
using namespace std::chrono_literals;

namespace {

http::client_answer answered(int status, std::string body, std::string_view retry_after = {}) {
    http::client_answer a;
    a.status = status;
    a.body = std::move(body);
    if (!retry_after.empty()) a.headers.emplace_back("Retry-After", retry_after);
    return a;
}

std::string error_body(std::string_view code, std::string_view more = {}) {
    return R"({"code":")" + std::string(code) +
           R"(","message":"m","hint":"h","retryable":false,"request_id":"01M80WN13JKMAGAWJCZC09E4XQ")" +
           std::string(more) + "}";
}

}  // namespace

TEST_CASE("A refusal is told in the server's own words") {
    const auto why = client::failure_of(answered(
        422,
        error_body("trust_refused", R"(,"aws":{"code":"AccessDenied","request_id":"1e88","region":"eu-west-1"})")));
    CHECK(why.code == errc::trust_refused);
    CHECK(why.message == "m");
    CHECK(why.hint == "h");
    REQUIRE(why.request_id);
    CHECK(*why.request_id == "01M80WN13JKMAGAWJCZC09E4XQ");
    CHECK(why.cause.empty());
    REQUIRE(why.aws);
    CHECK(why.aws->code == "AccessDenied");
    CHECK(why.aws->request_id == "1e88");
    CHECK(why.aws->region == "eu-west-1");
    CHECK_FALSE(why.retry_after);
}

TEST_CASE("Each code of the server's comes back as itself") {
    for (const auto& row : all_errc_rows()) {
        CAPTURE(row.api);
        CHECK(describe(client::failure_of(answered(row.http_status, error_body(row.api))).code).api == row.api);
    }
}

TEST_CASE("A newer server's code means what its status means") {
    struct row {
        int status;
        errc means;
    };
    for (const auto& r : {row{400, errc::invalid_request}, row{401, errc::unauthenticated},
                          row{403, errc::role_not_allowed}, row{404, errc::not_found}, row{418, errc::invalid_request},
                          row{429, errc::rate_limited}, row{500, errc::internal}, row{503, errc::store_unavailable}}) {
        CAPTURE(r.status);
        CHECK(client::failure_of(answered(r.status, error_body("something_new"))).code == r.means);
    }
}

TEST_CASE("What is not hourkey's is not taken for its word") {
    for (const auto& a : {answered(302, ""), answered(502, "<html>Bad Gateway</html>"), answered(404, ""),
                          answered(500, "{}"), answered(101, "")}) {
        CAPTURE(a.status);
        CHECK(client::failure_of(a).code == errc::protocol_violation);
    }
}

TEST_CASE("Only what may be done twice is done again, and only when the server says when") {
    using enum http::method;
    struct row {
        std::string_view name;
        http::method verb;
        int status;
        std::string_view retry_after;
        std::optional<std::chrono::milliseconds> pause;
    };
    for (const auto& r : {row{"above a rate", get, 429, "2", 2s}, row{"not now", put, 503, "1", 1s},
                          row{"at once", delete_, 503, "0", client::shortest_pause},
                          row{"makes another one", post, 503, "1", {}}, row{"does not say when", get, 503, "", {}},
                          row{"says it as a date", get, 503, "Sun, 22 Nov 2026 05:46:17 GMT", {}},
                          row{"of another status", get, 504, "1", {}}, row{"a number and more", get, 429, "1x", {}},
                          row{"no number", get, 429, "-1", {}}}) {
        CAPTURE(r.name);
        const auto answer = answered(r.status, error_body("store_unavailable"), r.retry_after);
        CHECK(client::pause_before_retry(r.verb, answer, 1, 0) == r.pause);
    }
}

TEST_CASE("Those that were told the same come back at different times, none of them too early") {
    for (const std::string_view told : {"0", "4"}) {
        CAPTURE(told);
        const auto answer = answered(429, error_body("rate_limited"), told);
        const auto pause = [&](double random) {
            return client::pause_before_retry(http::method::get, answer, 1, random).value();
        };
        CHECK(pause(0.5) == pause(0) * 5 / 4);
        CHECK(pause(1) == pause(0) * 3 / 2);
    }
}

TEST_CASE("The attempts of a call are bounded, whatever its deadline") {
    const auto answer = answered(503, error_body("store_unavailable"), "0");
    const auto last = client::most_attempts - 1;
    CHECK(client::pause_before_retry(http::method::get, answer, last, 0).has_value());
    CHECK_FALSE(client::pause_before_retry(http::method::get, answer, last + 1, 0).has_value());
}
