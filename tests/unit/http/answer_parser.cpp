#include "http/answer_parser.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace hourkey;
using namespace hourkey::http;

namespace {

enum class end_of_peer { stays, fin };

struct outcome {
    std::optional<errc> failed;
    bool complete = false;
    int status = 0;
    std::string body;
    bool kept = false;

    bool operator==(const outcome&) const = default;
};

outcome parse(std::string_view raw, std::size_t piece, end_of_peer end, method to = method::post) {
    answer_parser parser(to, client_limits{});
    outcome out;
    for (std::size_t at = 0; at < raw.size(); at += piece) {
        const auto fed = parser.feed(raw.substr(at, piece));
        if (!fed) {
            out.failed = fed.error().code;
            return out;
        }
        out.complete = *fed;
    }
    if (!out.complete && end == end_of_peer::fin) {
        const auto ended = parser.end();
        if (!ended) {
            out.failed = ended.error().code;
            return out;
        }
        out.complete = true;
    }
    if (!out.complete) return out;
    out.kept = parser.may_keep();
    const auto answer = parser.take();
    out.status = answer.status;
    out.body = answer.body;
    return out;
}

std::string ok(const std::string& fields, const std::string& body = "hello") {
    return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}
std::string repeat(const std::string& what, std::size_t n) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i) all += what;
    return all;
}

const std::string good = ok("Content-Length: 5\r\n");
constexpr std::size_t cap = client_limits{}.body_bytes;

}  // namespace

TEST_CASE("AnAnswerIsJudgedTheSameHoweverItArrives") {
    struct row {
        const char* name;
        std::string raw;
        end_of_peer end;
        std::optional<errc> failed;
        int status;
        std::string body;
        bool kept;
    };
    const std::vector<row> rows{
        {"plain", good, end_of_peer::stays, {}, 200, "hello", true},
        {"empty body", ok("Content-Length: 0\r\n", ""), end_of_peer::stays, {}, 200, "", true},
        {"chunked",
         ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
         end_of_peer::stays,
         {},
         200,
         "hello",
         true},
        {"chunked_trailer",
         ok("Transfer-Encoding: Chunked\r\n", "5;a=b\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"),
         end_of_peer::stays,
         {},
         200,
         "hello",
         true},
        {"continue100", "HTTP/1.1 100 Continue\r\n\r\n" + good, end_of_peer::stays, {}, 200, "hello", true},
        {"early_hints",
         "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 x\r\n\r\n" + good,
         end_of_peer::stays,
         {},
         200,
         "hello",
         true},
        {"conn_close", ok("Content-Length: 5\r\nConnection: close\r\n"), end_of_peer::stays, {}, 200, "hello", false},
        {"http10", "HTTP/1.0 200 OK\r\n\r\nhello", end_of_peer::fin, {}, 200, "hello", false},
        {"http10 with length",
         "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello",
         end_of_peer::stays,
         {},
         200,
         "hello",
         false},
        {"no_content_length", ok(""), end_of_peer::fin, {}, 200, "hello", false},
        {"identity",
         ok("Content-Encoding: identity\r\nContent-Length: 5\r\n"),
         end_of_peer::stays,
         {},
         200,
         "hello",
         true},
        {"redirect",
         "HTTP/1.1 307 x\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n",
         end_of_peer::stays,
         {},
         307,
         "",
         true},
        {"unknown status",
         "HTTP/1.1 418 \r\nContent-Length: 5\r\n\r\nhello",
         end_of_peer::stays,
         {},
         418,
         "hello",
         true},
        {"no content", "HTTP/1.1 204 No Content\r\n\r\n", end_of_peer::stays, {}, 204, "", true},
        {"obs-text in a value",
         ok("X-Note: \xe4\r\nContent-Length: 5\r\n"),
         end_of_peer::stays,
         {},
         200,
         "hello",
         true},
        {"at the cap",
         ok("Content-Length: " + std::to_string(cap) + "\r\n", std::string(cap, 'x')),
         end_of_peer::stays,
         {},
         200,
         std::string(cap, 'x'),
         true},
        {"chunks of one byte",
         ok("Transfer-Encoding: chunked\r\n", repeat("1\r\nx\r\n", 5000) + "0\r\n\r\n"),
         end_of_peer::stays,
         {},
         200,
         std::string(5000, 'x'),
         true},

        {"nothing", "", end_of_peer::fin, errc::connection_closed, 0, "", false},
        {"truncate", ok("Content-Length: 10\r\n"), end_of_peer::fin, errc::connection_truncated, 0, "", false},
        {"truncate_head", "HTTP/1.1 200 OK\r\nContent-Le", end_of_peer::fin, errc::connection_truncated, 0, "", false},
        {"truncate_chunked", ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n"), end_of_peer::fin,
         errc::connection_truncated, 0, "", false},
        {"interim only", "HTTP/1.1 100 Continue\r\n\r\n", end_of_peer::fin, errc::connection_truncated, 0, "", false},

        {"two_length", ok("Content-Length: 5\r\nContent-Length: 6\r\n"), end_of_peer::stays, errc::protocol_violation,
         0, "", false},
        {"two equal lengths", ok("Content-Length: 5\r\nContent-Length: 5\r\n"), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"list of lengths", ok("Content-Length: 5, 5\r\n"), end_of_peer::stays, errc::protocol_violation, 0, "", false},
        {"neg_length", ok("Content-Length: -1\r\n"), end_of_peer::stays, errc::protocol_violation, 0, "", false},
        {"length and chunked", ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"gzip, chunked", ok("Transfer-Encoding: gzip, chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"identity as transfer", ok("Transfer-Encoding: identity\r\n"), end_of_peer::stays, errc::protocol_violation, 0,
         "", false},
        {"chunked twice", ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"chunked in 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"bad chunk", ok("Transfer-Encoding: chunked\r\n", "zz\r\n"), end_of_peer::stays, errc::protocol_violation, 0,
         "", false},
        {"huge_length", ok("Content-Length: 1000000000000\r\n"), end_of_peer::stays, errc::payload_too_large, 0, "",
         false},
        {"one above the cap", ok("Content-Length: " + std::to_string(cap + 1) + "\r\n"), end_of_peer::stays,
         errc::payload_too_large, 0, "", false},
        {"huge chunk, at once", ok("Transfer-Encoding: chunked\r\n", "4000000\r\n"), end_of_peer::stays,
         errc::payload_too_large, 0, "", false},
        {"huge without length", ok("", std::string(cap + 1, 'x')), end_of_peer::fin, errc::payload_too_large, 0, "",
         false},
        {"huge extension", ok("Transfer-Encoding: chunked\r\n", "5;" + std::string(1 << 20, 'x')), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"huge_headers", ok("X: " + std::string(1 << 20, 'x') + "\r\n"), end_of_peer::stays, errc::protocol_violation,
         0, "", false},
        {"many_headers", ok(repeat("X: y\r\n", 5000)), end_of_peer::stays, errc::protocol_violation, 0, "", false},
        {"one header too many", ok(repeat("X: y\r\n", client_limits{}.fields + 1)), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"interim answers without end", repeat("HTTP/1.1 100 Continue\r\n\r\n", 5000), end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"bad_status: garbage", "220 smtp.example.com ESMTP\r\n", end_of_peer::stays, errc::protocol_violation, 0, "",
         false},
        {"bad_status: letters", "HTTP/1.1 2OO OK\r\nContent-Length: 5\r\n\r\nhello", end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"bad_status: 099", "HTTP/1.1 099 OK\r\nContent-Length: 5\r\n\r\nhello", end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"bad_status: 999", "HTTP/1.1 999 OK\r\nContent-Length: 5\r\n\r\nhello", end_of_peer::stays,
         errc::protocol_violation, 0, "", false},
        {"switching protocols", "HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n", end_of_peer::stays, errc::protocol_violation,
         0, "", false},
        {"HTTP/2", "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", end_of_peer::stays, errc::protocol_violation, 0,
         "", false},
        {"gzip", ok("Content-Encoding: gzip\r\nContent-Length: 5\r\n"), end_of_peer::stays, errc::protocol_violation, 0,
         "", false},
        {"folded", ok("X: y\r\n Content-Length: 0\r\n"), end_of_peer::stays, errc::protocol_violation, 0, "", false},
        {"bare LF", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", end_of_peer::stays, errc::protocol_violation, 0, "",
         false},
        {"NUL", ok(std::string("X: \0\r\nContent-Length: 5\r\n", 24)), end_of_peer::stays, errc::protocol_violation, 0,
         "", false},
        {"TLS alert", "\x15\x03\x01", end_of_peer::stays, errc::protocol_violation, 0, "", false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto whole = parse(r.raw, std::max<std::size_t>(r.raw.size(), 1), r.end);
        CHECK(whole.failed == r.failed);
        CHECK(whole.complete == !r.failed);
        CHECK(whole.status == r.status);
        CHECK(whole.body == r.body);
        CHECK(whole.kept == r.kept);
        CHECK(parse(r.raw, 1, r.end) == whole);
        CHECK(parse(r.raw, 7, r.end) == whole);
        CHECK(parse(r.raw, 16 * 1024, r.end) == whole);
    }
}

TEST_CASE("BytesBehindTheAnswerDropTheConnection") {
    for (const auto& raw : {good, ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n")}) {
        const auto out = parse(raw + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", 10'000, end_of_peer::stays);
        CHECK(out.complete);
        CHECK(out.body == "hello");
        CHECK_FALSE(out.kept);
    }
}

TEST_CASE("AnAnswerToHeadHasNoBody") {
    const auto out = parse(ok("Content-Length: 5\r\n", ""), 1000, end_of_peer::stays, method::head);
    CHECK(out.complete);
    CHECK(out.kept);
}

TEST_CASE("HeadersAreFoundWithoutCase") {
    answer_parser parser(method::post, client_limits{});
    REQUIRE(*parser.feed(ok("X-Amzn-RequestId: abc\r\nContent-Length: 5\r\n")));
    const auto answer = parser.take();
    CHECK(answer.find("x-amzn-requestid") == "abc");
    CHECK_FALSE(answer.find("Date").has_value());
}

TEST_CASE("AnAssignedAnswerReplacesTheOld") {
    client_answer a, b;
    a.body = std::string(100, 's');
    b.body = "new";
    b.status = 200;
    a = std::move(b);
    CHECK(a.body == "new");
    CHECK(a.status == 200);
}
