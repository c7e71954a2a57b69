#include "http/fence.hpp"

#include "smuggling.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>

using namespace hourkey;
using namespace hourkey::http;

namespace {

/// The size of the head, or why there is none, when `raw` arrives in pieces that end at `cuts`.
result<std::size_t> scan(const std::string& raw, const std::vector<std::size_t>& cuts, std::size_t cap = 8192) {
    head_scanner scanner(cap);
    for (const auto cut : cuts) {
        auto found = find_head(scanner, std::string_view(raw).substr(0, cut));
        if (!found || *found != 0) return found;
    }
    return find_head(scanner, raw);
}

}  // namespace

TEST_CASE("TheVerdictOnAHeaderBlockDoesNotDependOnHowItArrives") {
    std::minstd_rand random(7);
    for (const auto& c : test::smuggling_requests()) {
        CAPTURE(c.name);
        const auto whole = scan(c.raw, {});
        for (int round = 0; round < 20; ++round) {
            std::vector<std::size_t> cuts;
            for (std::size_t at = 0; at < c.raw.size(); at += 1 + random() % 40) cuts.push_back(at);
            const auto pieces = scan(c.raw, cuts);
            REQUIRE(pieces.has_value() == whole.has_value());
            if (whole) CHECK(*pieces == *whole);
            if (!whole) CHECK(pieces.error().code == whole.error().code);
            if (!whole) CHECK(pieces.error().message == whole.error().message);
        }
    }
}

TEST_CASE("ABadByteIsRefusedBeforeTheBlockIsComplete") {
    head_scanner scanner(8192);
    CHECK(*find_head(scanner, "GET / HTTP/1.1\r\n") == 0);
    CHECK(find_head(scanner, "GET / HTTP/1.1\r\nHost: h\n\n").error().code == errc::invalid_request);
}

TEST_CASE("AnIncompleteBlockWithinTheCapWaits") {
    head_scanner scanner(16);
    CHECK(*find_head(scanner, "") == 0);
    CHECK(*find_head(scanner, "GET / HTTP/1.1\r") == 0);
    CHECK(find_head(scanner, "GET / HTTP/1.1\r\n").error().code == errc::headers_too_large);
}

TEST_CASE("ATargetWithinTheGrammarIsAccepted") {
    for (const auto* target : {"/", "/v1/credentials/prod", "/grants/*", "/a/", "/a?", "/a?b=c&d=%2f%5C",
                               "/a.b/..c/d../...", "/a%20b", "/a%252fb", "/~_-.x", "/a?b=//..//", "/?a=.."}) {
        CAPTURE(target);
        CHECK(check_target(target).has_value());
    }
}

TEST_CASE("ATargetOutsideTheGrammarIsRefused") {
    for (const auto* target :
         {"",     "a",     "*",        "http://h/", "//",   "/a//", "/.",    "/..",  "/./",   "/../",
          "/%2e", "/%2E.", "/a/%2e/b", "/%2f",      "/%5c", "/%00", "/?%00", "/%",   "/%a",   "/%ag",
          "/a b", "/a+b",  "/a:b",     "/a@b",      "/a#",  "/a;b", "/a,b",  "/a'b", "/\x7f", "/\x80"}) {
        CAPTURE(target);
        const auto checked = check_target(target);
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().code == errc::invalid_request);
        CHECK(checked.error().message.starts_with("the request target "));
    }
}

TEST_CASE("AnAdmittedRequestHasItsFraming") {
    const server_limits limits;
    request r;
    const std::string block =
        "PUT /a?b HTTP/1.1\r\nHost: [::1]:8443\r\nCONTENT-LENGTH:  12  \r\nExpect: 100-Continue\r\nX-Empty:\r\n\r\n";
    const auto frame = admit(block, limits, r);
    REQUIRE(frame.has_value());
    CHECK(frame->body_bytes == 12);
    CHECK(frame->http11);
    CHECK(frame->keep_alive);
    CHECK(frame->wants_continue);
    CHECK(r.verb == method::put);
    CHECK(r.path == "/a");
    CHECK(r.query == "b");
    CHECK(r.find("content-length") == "12");
    CHECK(r.find("x-empty") == "");
    CHECK_FALSE(r.find("x-other").has_value());
    CHECK(r.headers.size() == 4);
}

TEST_CASE("EveryAllowedMethodIsAdmitted") {
    for (const auto m : {method::get, method::head, method::post, method::put, method::delete_, method::options}) {
        request r;
        const std::string block = std::string(to_text(m)) + " / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
        REQUIRE(admit(block, server_limits{}, r).has_value());
        CHECK(r.verb == m);
    }
}

TEST_CASE("WhatTheRfcsLetPassIsAdmitted") {
    struct row {
        const char* name;
        std::string block;
        std::string path, query;
        std::size_t headers;
    };
    for (const auto& r :
         {row{"HTTP/1.0 without Host", "GET /readyz HTTP/1.0\r\n\r\n", "/readyz", "", 0},
          row{"absolute-form", "GET https://h.example/a?b=c HTTP/1.1\r\nHost: h.example\r\n\r\n", "/a", "b=c", 1},
          row{"absolute-form with a port", "GET https://h:8443/a HTTP/1.1\r\nHost: h:8443\r\n\r\n", "/a", "", 1},
          row{"absolute-form, default port in one place", "GET HTTPS://H:443/a HTTP/1.1\r\nHost: h\r\n\r\n", "/a", "",
              1},
          row{"absolute-form, default port in the other", "GET http://h/a HTTP/1.1\r\nHost: h:80\r\n\r\n", "/a", "", 1},
          row{"absolute-form without a path", "GET https://h HTTP/1.1\r\nHost: h\r\n\r\n", "/", "", 1},
          row{"absolute-form of HTTP/1.0", "GET https://h/a HTTP/1.0\r\n\r\n", "/a", "", 0},
          row{"obs-text where nobody reads",
              "GET /a HTTP/1.1\r\nHost: h\r\nX-Name: J\xf6rg\r\nUser-Agent: \xe2\x82\xac\r\nForwarded: for=\xff\r\n"
              "X-Real-Ip: \xff\r\nX-Request-Id: \xff\r\n\r\n",
              "/a", "", 1}}) {
        CAPTURE(r.name);
        head_scanner scanner(8192);
        REQUIRE(*find_head(scanner, r.block) == r.block.size());
        request got;
        const auto admitted = admit(r.block, server_limits{}, got);
        REQUIRE_MESSAGE(admitted.has_value(), admitted.error().text());
        CHECK(got.path == r.path);
        CHECK(got.query == r.query);
        CHECK(got.headers.size() == r.headers);
        CHECK_FALSE(got.find("X-Name").has_value());
    }
}
