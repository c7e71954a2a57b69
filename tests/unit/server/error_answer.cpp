#include "server/doors/error_answer.hpp"

#include "json/reader.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::server {
namespace {

std::string header_of(const http::response& a, std::string_view name) {
    for (const auto& h : a.headers)
        if (h.name == name) return h.value;
    return {};
}

}  // namespace

TEST_CASE("Every code has DESIGN's shape: code, message, hint, retryable, request_id and nothing else") {
    for (const auto& row : all_errc_rows()) {
        CAPTURE(row.api);
        const failure why(row.code, {}, "Do this.", "SELECT secret FROM /var/lib/hourkey.db");
        const auto a = error_answer(why, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        CHECK(a.status == row.http_status);
        CHECK(a.content_type == "application/json");
        CHECK(a.body.find("SELECT") == std::string::npos);
        const auto document = json::parse(a.body);
        REQUIRE(document.has_value());
        auto fields = document->root();
        CHECK(fields.string("code").value() == row.api);
        CHECK(fields.string("message").value() == row.message);
        CHECK(fields.string("hint").value() == "Do this.");
        CHECK(fields.optional_boolean("retryable").value().value() == row.retryable);
        CHECK(fields.string("request_id").value() == "01ARZ3NDEKTSV4RRFFQ69G5FAV");
        CHECK(fields.finish().has_value());
    }
}

TEST_CASE("A failure's own message takes the place of the table's, and is escaped") {
    const failure why(errc::invalid_request, "a \"quote\"\nand a line");
    const auto document = json::parse(error_answer(why, "id").body);
    REQUIRE(document.has_value());
    CHECK(document->root().string("message").value() == "a \"quote\"\nand a line");
}

TEST_CASE("The credentials door spells code and message for the SDKs too") {
    const auto document =
        json::parse(error_answer(failure(errc::app_not_allowed, {}, "Ask."), "id", error_spelling::sdk).body);
    REQUIRE(document.has_value());
    auto fields = document->root();
    CHECK(fields.string("Code").value() == fields.string("code").value());
    CHECK(fields.string("Message").value() == fields.string("message").value());
}

TEST_CASE("What AWS said stands apart") {
    failure why(errc::trust_refused);
    why.aws = aws_detail{.code = "AccessDenied", .request_id = "c6104cbe", .region = "eu-west-1"};
    const auto document = json::parse(error_answer(why, "id").body);
    REQUIRE(document.has_value());
    auto fields = document->root();
    auto aws = fields.optional_object("aws").value();
    REQUIRE(aws.has_value());
    CHECK(aws->string("code").value() == "AccessDenied");
    CHECK(aws->string("request_id").value() == "c6104cbe");
    CHECK(aws->string("region").value() == "eu-west-1");
    CHECK(aws->finish().has_value());
}

TEST_CASE("Retry-After goes with 429 and 503 that may be sent again, and says what the failure knows") {
    for (const auto& row : all_errc_rows()) {
        CAPTURE(row.api);
        const bool wanted = row.retryable && (row.http_status == 429 || row.http_status == 503);
        CHECK(header_of(error_answer(failure(row.code), "id"), "Retry-After") == (wanted ? "1" : ""));
    }
    failure why(errc::rate_limited);
    why.retry_after = std::chrono::seconds(7);
    CHECK(header_of(error_answer(why, "id"), "Retry-After") == "7");
}

TEST_CASE("401 says how to authenticate, others do not (RFC 9110 11.6.1)") {
    for (const auto& row : all_errc_rows())
        CHECK(header_of(error_answer(failure(row.code), "id"), "WWW-Authenticate") ==
              (row.http_status == 401 ? "Bearer" : ""));
}

}  // namespace hourkey::server
