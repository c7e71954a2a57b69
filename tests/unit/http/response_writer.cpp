#include "http/response_writer.hpp"

#include "core/time_text.hpp"
#include "server_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;
using namespace hourkey::http;

namespace {

std::string written(const response& a, answer_form form = {}) {
    wiped_buffer out;
    REQUIRE(write_answer(a, form, out).has_value());
    return test::without_date(std::string(out.view()));
}

}  // namespace

TEST_CASE("AnAnswerIsOneContiguousRun") {
    response a;
    a.status = 404;
    a.headers = {{"X-Request-Id", "01J"}, {"Retry-After", "3"}};
    a.body = "{}";
    CHECK(written(a) ==
          "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\nCache-Control: no-store\r\n"
          "X-Request-Id: 01J\r\nRetry-After: 3\r\n\r\n{}");
}

TEST_CASE("TheDateIsNow") {
    wiped_buffer out;
    REQUIRE(write_answer(response{}, {}, out).has_value());
    const std::string text(out.view());
    const auto at = text.find("\r\nDate: ");
    REQUIRE(at != std::string::npos);
    const auto date = parse_http_date(text.substr(at + 8, 29));
    REQUIRE(date.has_value());
    CHECK(system_clock().now() - *date < std::chrono::seconds(3));
}

TEST_CASE("NoContentHasNeitherLengthNorBody") {
    response a;
    a.status = 204;
    a.body = "left over";
    CHECK(written(a) == "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n\r\n");
}

TEST_CASE("AStatusWithoutAPhraseStillMakesAStatusLine") {
    response a;
    a.status = 599;
    CHECK(written(a).starts_with("HTTP/1.1 599 Status\r\n"));
}

TEST_CASE("AnUnsafeHeaderWritesNothing") {
    for (const auto& bad : {header{"A", "b\rc"}, header{"A", "b\nc"}, header{"A\n", "b"}, header{"", "b"},
                            header{"A:", "b"}, header{"A", "\x7f"}}) {
        response a;
        a.headers.push_back(bad);
        wiped_buffer out;
        const auto done = write_answer(a, {}, out);
        REQUIRE_FALSE(done.has_value());
        CHECK(done.error().code == errc::internal);
        CHECK(out.empty());
    }
    response a;
    a.content_type = "text/plain\r\nX: y";
    wiped_buffer out;
    CHECK_FALSE(write_answer(a, {}, out).has_value());
}
