#include "http/server.hpp"

#include "http/thread_buffers.hpp"
#include "server_fixture.hpp"
#include "smuggling.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace hourkey;
using namespace hourkey::test;
using namespace std::chrono_literals;

namespace {

const std::string get = "GET /v1/whoami?a=b HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\n\r\n";
const std::string post =
    "POST /p HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nhello";

std::string head_of(std::size_t bytes) {
    const std::string start = "GET / HTTP/1.1\r\nHost: h\r\na: ";
    return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
}

std::string body_of(std::size_t bytes) {
    return "PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
           std::string(bytes, 'b');
}

}  // namespace

TEST_CASE("ASmuggledRequestIsRefusedOnceAndItsSecondHalfIsNeverSeen") {
    std::set<std::string> names;
    const auto cases = smuggling_requests();
    CHECK(cases.size() >= 76);
    for (const auto& c : cases) {
        CAPTURE(c.name);
        CHECK(names.insert(c.name).second);
        server_fixture one_shot;
        const auto peer = one_shot.connect({c.raw});
        one_shot.run();
        const auto written = peer->written();
        CHECK(count(written, "\r\nDate: ") == 1);
        CHECK(written.starts_with("HTTP/1.1 " + std::to_string(c.status) + " "));
        CHECK(count(written, "\r\nConnection: close\r\n") == 1);
        CHECK(count(written, "\r\nCache-Control: no-store\r\n") == 1);
        CHECK(one_shot.service.requests.empty());
        CHECK(one_shot.service.refusals.size() == 1);
        CHECK(peer->lingered);
        CHECK(peer->closed);

        server_fixture pieces;
        CHECK(without_date(pieces.talk(byte_by_byte(c.raw))) == without_date(written));
        CHECK(pieces.service.requests.empty());
    }
}

TEST_CASE("ARefusalNamesTheFieldAndTheFix") {
    server_fixture f;
    f.talk({"GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n"});
    REQUIRE(f.service.refusals.size() == 1);
    CHECK(f.service.refusals[0].code == errc::invalid_request);
    CHECK(f.service.refusals[0].message.starts_with("Authorization "));
    CHECK_FALSE(f.service.refusals[0].hint.empty());
    CHECK_FALSE(f.service.finishes.at(0).had_request);
}

TEST_CASE("AMethodThatIsNotAllowedLearnsWhichAre") {
    server_fixture f;
    CHECK(count(f.talk({"FOO / HTTP/1.1\r\nHost: h\r\n\r\n"}),
                "\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS\r\n") == 1);
}

TEST_CASE("ARequestReachesTheServiceAsSent") {
    server_fixture f;
    const auto written = f.talk({get});
    REQUIRE(f.service.requests.size() == 1);
    const auto& r = f.service.requests[0];
    CHECK(r.method == "GET");
    CHECK(r.target == "/v1/whoami?a=b");
    CHECK(r.path == "/v1/whoami");
    CHECK(r.query == "a=b");
    CHECK(r.authorization == "Bearer t");
    CHECK(r.headers == 2);
    CHECK(without_date(written) ==
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\nCache-Control: "
          "no-store\r\n\r\nGET /v1/whoami?a=b ");
}

TEST_CASE("AnUpgradeIsIgnored") {
    server_fixture f;
    CHECK(f.talk({"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
                  "x\r\n\r\n"})
              .starts_with("HTTP/1.1 200 OK"));
}

TEST_CASE("DeliveryByteByByteGivesTheSameAnswersAsInOnePiece") {
    for (const auto& raw : {get, post, get + get, post + post, post + get + post}) {
        CAPTURE(raw);
        server_fixture whole, pieces;
        const auto expected = without_date(whole.talk({raw}));
        CHECK(without_date(pieces.talk(byte_by_byte(raw))) == expected);
        CHECK(count(expected, "HTTP/1.1 200 OK") == count(raw, "HTTP/1.1"));
        REQUIRE(pieces.service.requests.size() == whole.service.requests.size());
        for (std::size_t i = 0; i < whole.service.requests.size(); ++i)
            CHECK(pieces.service.requests[i].body == whole.service.requests[i].body);
    }
}

TEST_CASE("TwoRequestsInOneReadAreAnsweredOneAfterTheOther") {
    server_fixture f;
    const auto peer = f.connect({post + get});
    f.run();
    CHECK(peer->writes.size() == 2);
    CHECK(f.service.requests.at(0).body == "hello");
    CHECK(f.service.requests.at(1).path == "/v1/whoami");
    CHECK(f.service.requests.at(1).body.empty());
}

TEST_CASE("ABodyThatCutsIntoTheNextRequestLeavesItWhole") {
    server_fixture f;
    f.talk({post.substr(0, post.size() - 2), "lo" + get});
    REQUIRE(f.service.requests.size() == 2);
    CHECK(f.service.requests[0].body == "hello");
    CHECK(f.service.requests[1].target == "/v1/whoami?a=b");
}

TEST_CASE("AConnectionIsKeptOrEndedAsVersionAndFieldSay") {
    struct row {
        const char* name;
        std::string line, field;
        bool kept;
        std::string answer, connection;
    };
    for (const auto& [name, line, field, kept, answer, connection] : {
             row{"1.1 by default", "HTTP/1.1", "", true, "HTTP/1.1 200", ""},
             row{"1.1 close", "HTTP/1.1", "Connection: close\r\n", false, "HTTP/1.1 200", "close"},
             row{"1.1 close in a list", "HTTP/1.1", "Connection: foo, Close\r\n", false, "HTTP/1.1 200", "close"},
             row{"1.0 by default", "HTTP/1.0", "", false, "HTTP/1.0 200", "close"},
             row{"1.0 keep-alive", "HTTP/1.0", "Connection: Keep-Alive\r\n", true, "HTTP/1.0 200", "keep-alive"},
         }) {
        CAPTURE(name);
        server_fixture f;
        const auto raw = "GET /a " + line + "\r\nHost: h\r\n" + field + "\r\n";
        const auto peer = f.connect({raw, raw});
        f.run();
        CHECK(f.service.requests.size() == (kept ? 2 : 1));
        CHECK(peer->writes.at(0).starts_with(answer));
        CHECK(count(peer->writes.at(0), "Connection: ") == (connection.empty() ? 0 : 1));
        if (!connection.empty()) CHECK(count(peer->writes.at(0), "\r\nConnection: " + connection + "\r\n") == 1);
    }
}

TEST_CASE("HeadGetsTheLengthWithoutTheBody") {
    server_fixture f;
    f.service.reply.body = "0123456789";
    const auto peer = f.connect({"HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get});
    f.run();
    CHECK(count(peer->writes.at(0), "Content-Length: 10\r\n") == 1);
    CHECK(peer->writes.at(0).ends_with("\r\n\r\n"));
    CHECK(peer->writes.at(1).ends_with("0123456789"));
}

TEST_CASE("ARefusedHeadGetsNoBody") {
    server_fixture f;
    CHECK(f.talk({"HEAD /a HTTP/1.1\r\n\r\n"}).ends_with("\r\n\r\n"));
}

TEST_CASE("EveryLimitAcceptsItsValueAndRefusesOneMore") {
    const http::server_limits limits;
    auto fields = [](std::size_t n) {
        std::string raw = "GET / HTTP/1.1\r\nHost: h\r\n";
        for (std::size_t i = 1; i < n; ++i) raw += "a: b\r\n";
        return raw + "\r\n";
    };
    auto target = [](std::size_t n) { return "GET /" + std::string(n - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"; };
    struct row {
        const char* name;
        std::string at_limit, beyond;
        int status;
    };
    for (const auto& [name, at_limit, beyond, status] : {
             row{"header bytes", head_of(limits.header_bytes), head_of(limits.header_bytes + 1), 431},
             row{"fields", fields(limits.fields), fields(limits.fields + 1), 431},
             row{"target bytes", target(limits.target_bytes), target(limits.target_bytes + 1), 414},
             row{"body bytes", body_of(limits.body_bytes), body_of(limits.body_bytes + 1), 413},
         }) {
        CAPTURE(name);
        server_fixture good, bad;
        CHECK(good.talk({at_limit}).starts_with("HTTP/1.1 200 "));
        CHECK(bad.talk({beyond}).starts_with("HTTP/1.1 " + std::to_string(status) + " "));
        CHECK(bad.service.requests.empty());
    }
}

TEST_CASE("AConnectionEndsAfterItsLastRequest") {
    http::server_limits limits;
    limits.requests_per_connection = 2;
    server_fixture f(limits);
    const auto peer = f.connect({get, get, get});
    f.run();
    CHECK(peer->writes.size() == 2);
    CHECK(count(peer->writes[0], "Connection: close") == 0);
    CHECK(count(peer->writes[1], "Connection: close") == 1);
}

TEST_CASE("ContinueIsSentOnlyWhenTheClientWaitsForIt") {
    const std::string head = "POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    SUBCASE("waiting") {
        server_fixture f;
        const auto peer = f.connect({head, "hello"});
        f.run();
        REQUIRE(peer->writes.size() == 2);
        CHECK(peer->writes[0] == "HTTP/1.1 100 Continue\r\n\r\n");
        CHECK(f.service.requests.at(0).body == "hello");
    }
    SUBCASE("the body is here already") {
        server_fixture f;
        const auto peer = f.connect({head + "hello"});
        f.run();
        CHECK(peer->writes.size() == 1);
    }
    SUBCASE("HTTP/1.0 knows no 100") {
        server_fixture f;
        const auto peer =
            f.connect({"POST /p HTTP/1.0\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", "hello"});
        f.run();
        CHECK(peer->writes.size() == 1);
    }
    SUBCASE("a body that is too large is refused instead") {
        server_fixture f;
        CHECK(f.talk({"POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 65537\r\n\r\n"})
                  .starts_with("HTTP/1.1 413 "));
    }
}

TEST_CASE("AnExceptionOfTheServiceIsAnsweredWithoutItsText") {
    server_fixture f;
    f.service.throws = true;
    const auto written = f.talk({get + get});
    CHECK(written.starts_with("HTTP/1.1 500 "));
    CHECK(count(written, "HTTP/1.1 ") == 1);
    CHECK(count(written, "Connection: close") == 1);
    CHECK(count(written, "SELECT") == 0);
    REQUIRE(f.service.refusals.size() == 1);
    CHECK(f.service.refusals[0].code == errc::internal);
    CHECK(count(f.service.refusals[0].cause, "SELECT") == 1);
    CHECK(f.service.finishes.at(0).had_request);
    CHECK(f.on.escaped() == 0);
}

TEST_CASE("AnAnswerWithALineBreakInAHeaderNeverLeaves") {
    for (const auto& [name, value] :
         {http::header{"Location", "/a\r\nSet-Cookie: evil"}, http::header{"Location", "a\nb"},
          http::header{"Loc\r\nation", "a"}, http::header{"a b", "c"}, http::header{"", "c"},
          http::header{"Location", std::string("a\0b", 3)}}) {
        server_fixture f;
        f.service.reply.headers.push_back({name, value});
        const auto written = f.talk({get + get});
        CHECK(written.starts_with("HTTP/1.1 500 "));
        CHECK(count(written, "HTTP/1.1 ") == 1);
        CHECK(count(written, "evil") == 0);
    }
}

TEST_CASE("AnAnswerMayEndTheConnection") {
    server_fixture f;
    f.service.reply.close = true;
    const auto peer = f.connect({get + get});
    f.run();
    CHECK(peer->writes.size() == 1);
    CHECK(peer->lingered);  // the second request has arrived: a plain close would reset the connection
}

TEST_CASE("AnAnswerMayBeHeldBackAndKeepsNobodysPlaceMeanwhile") {
    SUBCASE("it leaves when its time has come, and the connection goes on") {
        server_fixture f;
        f.service.reply.pause = 1ms;
        const auto peer = f.connect({get + get});
        f.run();
        CHECK(peer->paused);
        CHECK(peer->writes.size() == 2);
    }
    SUBCASE("a refusal too") {
        server_fixture f;
        f.service.refusals_pause = 1ms;
        const auto peer = f.connect({"GET / HTTP/9\r\n\r\n"});
        f.run();
        CHECK(peer->paused);
        CHECK(peer->writes.size() == 1);
    }
    SUBCASE("whoever needs the place gets it at once") {
        for (const bool is_refused : {false, true}) {
            CAPTURE(is_refused);
            server_fixture f;
            f.service.reply.pause = f.service.refusals_pause = 1h;
            net::connection_limits limits({.total = 2, .per_address = 64});
            const auto other = limits.admit("192.0.2.1");
            const auto peer =
                f.connect({is_refused ? "GET / HTTP/9\r\n\r\n" : get}, ending::hang, limits.admit("192.0.2.1"));
            f.run_until([&] { return peer->paused; });
            const auto newcomer = limits.admit("198.51.100.1");
            CHECK(bool(newcomer));
            f.run();
            CHECK(peer->closed);
            CHECK(peer->writes.empty());
        }
    }
    SUBCASE("not while the answer is being made") {
        server_fixture f;
        net::connection_limits limits({.total = 2, .per_address = 64});
        const auto other = limits.admit("192.0.2.1");
        f.service.before_answer = [&] { CHECK_FALSE(bool(limits.admit("198.51.100.1"))); };
        const auto peer = f.connect({get}, ending::fin, limits.admit("192.0.2.1"));
        f.run();
        CHECK(peer->writes.size() == 1);
    }
}

TEST_CASE("TheServiceLearnsHowEveryAnswerEnded") {
    SUBCASE("delivered, its body overwritten") {
        server_fixture f;
        f.talk({get});
        REQUIRE(f.service.finishes.size() == 1);
        CHECK(f.service.finishes[0].delivered);
        CHECK(f.service.finishes[0].body_wiped);
        CHECK(f.service.finishes[0].body_size == 19);
    }
    SUBCASE("not delivered, its body overwritten as well") {
        server_fixture f;
        auto peer = f.connect({get + get});
        peer->writes_before_failure = 0;
        f.run();
        REQUIRE(f.service.finishes.size() == 1);
        CHECK_FALSE(f.service.finishes[0].delivered);
        CHECK(f.service.finishes[0].body_wiped);
    }
}

TEST_CASE("AfterAnExchangeTheThreadsBuffersHoldNothingOfIt") {
    server_fixture f;
    f.service.reply.body = "the-secret-access-key";
    const auto written = f.talk(
        {"POST /p HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer the-token\r\nContent-Length: 8\r\n\r\nthe-body" + get});
    CHECK(count(written, "the-secret-access-key") == 2);
    const std::string_view read(http::read_scratch().data(), http::read_scratch().size());
    CHECK(count(read, "the-token") == 0);
    CHECK(count(read, "the-body") == 0);
    auto& out = http::write_scratch();
    REQUIRE(out.capacity() >= written.size() / 2);
    CHECK(count({out.view().data(), out.capacity()}, "the-secret-access-key") == 0);
}

TEST_CASE("APeerThatGoesAwayIsLetGoQuietly") {
    struct row {
        const char* name;
        std::deque<std::string> chunks;
    };
    for (const auto& [name, chunks] :
         {row{"before a request", {}}, row{"in the request line", {"GET /"}},
          row{"in the fields", {"GET / HTTP/1.1\r\nHos"}}, row{"in the body", {post.substr(0, post.size() - 1)}}}) {
        for (const auto how : {ending::fin, ending::truncated, ending::reset}) {
            CAPTURE(name);
            server_fixture f;
            const auto peer = f.connect(chunks, how);
            f.run();
            CHECK(peer->writes.empty());
            CHECK(peer->closed);
            CHECK(f.service.requests.empty());
            CHECK(f.service.finishes.empty());
            CHECK(f.server.connections() == 0);
            CHECK(f.on.escaped() == 0);
        }
    }
}

TEST_CASE("AFailedHandshakeIsCountedAndNothingIsRead") {
    server_fixture f;
    const auto peer = f.connect({get});
    peer->handshake_failure = errc::tls_failed;
    f.run();
    CHECK(f.server.handshake_failures() == 1);
    CHECK(peer->writes.empty());
    CHECK(peer->closed);
    CHECK(f.service.requests.empty());
}

TEST_CASE("ASlowRequestIsAnsweredWithATimeout") {
    http::server_limits limits;
    limits.idle = limits.header = limits.body = 30ms;
    SUBCASE("in its header") {
        server_fixture f(limits);
        const auto written = f.talk({"GET / HTTP/1.1\r\n"}, ending::hang);
        CHECK(written.starts_with("HTTP/1.1 408 "));
        CHECK(count(written, "request_timeout") == 1);
        CHECK(count(written, "Connection: close") == 1);
    }
    SUBCASE("in its body") {
        server_fixture f(limits);
        CHECK(f.talk({post.substr(0, post.size() - 1)}, ending::hang).starts_with("HTTP/1.1 408 "));
    }
    SUBCASE("an idle connection just ends") {
        server_fixture f(limits);
        const auto peer = f.connect({get}, ending::hang);
        f.run();
        CHECK(peer->writes.size() == 1);
        CHECK(f.service.refusals.empty());
        CHECK(peer->closed);
    }
}

TEST_CASE("BytesThatTrickleDoNotExtendTheTime") {
    const http::server_limits limits;
    server_fixture f;
    const auto peer = f.connect(byte_by_byte(post));
    const auto start = std::chrono::steady_clock::now();
    f.run();
    // handshake, idle, header, body, service, answer, idle and the end's header: one each, however many bytes came one
    // by one.
    REQUIRE(peer->deadlines.size() == 8);
    CHECK(peer->deadlines[0] >= start + limits.handshake);
    CHECK(peer->deadlines[1] >= start + limits.header);
    CHECK(peer->deadlines[2] == peer->deadlines[1]);
    CHECK(peer->deadlines[2] <= std::chrono::steady_clock::now() + limits.header);
    CHECK(peer->deadlines[3] <= std::chrono::steady_clock::now() + limits.body);
    CHECK(peer->deadlines[5] <= std::chrono::steady_clock::now() + limits.write);
    CHECK(f.service.requests.at(0).until.at() >= start + limits.request);
    CHECK(f.service.requests.at(0).until.at() <= std::chrono::steady_clock::now() + limits.request);
}

TEST_CASE("AFirstRequestsHeadHasNoMoreTimeThanALaterOnesWhateverPrecedesIt") {
    const http::server_limits limits;
    server_fixture f;
    const auto peer = f.connect({}, ending::hang);
    const auto start = std::chrono::steady_clock::now();
    f.run_until([&] { return peer->deadlines.size() >= 2; });
    const auto silent_until = peer->deadlines[1];
    CHECK(silent_until >= start + limits.header);
    CHECK(silent_until <= std::chrono::steady_clock::now() + limits.header);
    CHECK(silent_until < start + limits.idle);

    peer->feed(get.substr(0, 10));
    f.run_until([&] { return peer->deadlines.size() >= 3 && peer->chunks.empty(); });
    CHECK(peer->deadlines[2] == silent_until);  // a first byte at the last moment buys no time

    peer->feed(get.substr(10));
    f.run_until([&] { return !peer->writes.empty() && f.server.in_flight() == 0 && peer->deadlines.size() >= 6; });
    CHECK(peer->deadlines[5] >= start + limits.idle);  // it has shown what it is
    peer->finish(ending::fin);
    f.run();
}

TEST_CASE("AnIdleConnectionEndsInADrain") {
    server_fixture f;
    const auto peer = f.connect({get}, ending::hang);
    f.run_until([&] { return !peer->writes.empty() && f.server.in_flight() == 0; });
    CHECK(f.server.connections() == 1);
    f.server.drain();
    f.run();
    CHECK(peer->writes.size() == 1);
    CHECK(peer->closed);
    CHECK(f.server.connections() == 0);
}

TEST_CASE("ARequestInFlightIsAnsweredInADrainAndTheConnectionEnds") {
    server_fixture f;
    std::size_t in_flight = 0;
    f.service.before_answer = [&] {
        in_flight = f.server.in_flight();
        f.server.drain();
    };
    const auto peer = f.connect({get, get});
    f.run();
    CHECK(in_flight == 1);
    CHECK(f.server.in_flight() == 0);
    REQUIRE(peer->writes.size() == 1);
    CHECK(count(peer->writes[0], "Connection: close") == 1);
}

TEST_CASE("ARequestThatHasBegunToArriveIsAnsweredInADrain") {
    server_fixture f;
    const auto peer = f.connect({get.substr(0, 10)}, ending::hang);
    f.run_until([&] { return peer->chunks.empty(); });
    f.server.drain();
    peer->feed(get.substr(10));
    f.run();
    REQUIRE(peer->writes.size() == 1);
    CHECK(peer->writes[0].starts_with("HTTP/1.1 200 "));
    CHECK(count(peer->writes[0], "Connection: close") == 1);
}

TEST_CASE("AFreshConnectionMaySendItsFirstRequestInADrain") {
    server_fixture f;
    const auto peer = f.connect({}, ending::hang);
    f.run_until([&] { return peer->deadlines.size() >= 2; });
    f.server.drain();
    peer->feed(get);
    f.run();
    REQUIRE(peer->writes.size() == 1);
    CHECK(count(peer->writes[0], "Connection: close") == 1);
}

TEST_CASE("ManyConnectionsShareTheThreadsBuffersWithoutMixing") {
    server_fixture f;
    std::vector<std::shared_ptr<script>> peers;
    for (int i = 0; i < 50; ++i) {
        const auto body =
            std::to_string(i) + std::string(static_cast<std::size_t>(i) * 37, static_cast<char>('a' + i % 26));
        const auto raw = "POST /p" + std::to_string(i) +
                         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        std::deque<std::string> chunks;
        for (std::size_t at = 0; at < raw.size(); at += 7) chunks.push_back(raw.substr(at, 7));
        peers.push_back(f.connect(std::move(chunks)));
    }
    f.run();
    for (int i = 0; i < 50; ++i) {
        const auto body =
            std::to_string(i) + std::string(static_cast<std::size_t>(i) * 37, static_cast<char>('a' + i % 26));
        CHECK(peers[static_cast<std::size_t>(i)]->written().ends_with("\r\n\r\nPOST /p" + std::to_string(i) + " " +
                                                                      body));
    }
}
