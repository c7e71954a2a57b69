#include "emulator/request_head.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace hourkey;
using namespace hourkey::emulator;

TEST_CASE("a head is read into its parts") {
    const auto head =
        parse_request_head("POST /p?a=b HTTP/1.1\r\nHost:  h \r\nContent-Length: 7\r\nExpect: 100-continue");
    REQUIRE(head.has_value());
    CHECK(head->fields.method == "POST");
    CHECK(head->fields.path == "/p");
    CHECK(head->fields.query == "a=b");
    CHECK(head->fields.find("HOST") == "h");
    CHECK(head->content_length == 7);
    CHECK(head->keep_alive);
    CHECK(head->expects_continue);
}

TEST_CASE("keep-alive follows the version and the Connection field") {
    CHECK_FALSE(parse_request_head("GET / HTTP/1.0")->keep_alive);
    CHECK(parse_request_head("GET / HTTP/1.0\r\nConnection: keep-alive")->keep_alive);
    CHECK_FALSE(parse_request_head("GET / HTTP/1.1\r\nConnection: Close")->keep_alive);
}

TEST_CASE("a head that is none is refused") {
    const char* rows[] = {"",
                          "GET",
                          "GET /",
                          "GET / HTTP/2",
                          "GET http://h/ HTTP/1.1",
                          "GET / HTTP/1.1\r\nno colon",
                          "GET / HTTP/1.1\r\n: v",
                          "GET / HTTP/1.1\r\n folded: v",
                          "GET / HTTP/1.1\r\nContent-Length: -1",
                          "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
                          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked",
                          "GET / HTTP/1.1\r\n\r\n"};
    for (const auto* text : rows) {
        CAPTURE(text);
        const auto head = parse_request_head(text);
        REQUIRE_FALSE(head.has_value());
        CHECK(head.error().code == errc::invalid_request);
    }
}

TEST_CASE("a body is taken up to its limit") {
    const std::string head = "POST / HTTP/1.1\r\nContent-Length: ";
    CHECK(parse_request_head(head + std::to_string(max_body_bytes)).has_value());
    const auto over = parse_request_head(head + std::to_string(max_body_bytes + 1));
    REQUIRE_FALSE(over.has_value());
    CHECK(over.error().code == errc::payload_too_large);
}
