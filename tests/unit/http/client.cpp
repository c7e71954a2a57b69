#include "http/client.hpp"

#include "http/thread_buffers.hpp"
#include "net/connection_limits.hpp"
#include "net/listener.hpp"
#include "net/reactor.hpp"

#include <doctest/doctest.h>
#include <boost/asio/post.hpp>

#include <array>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace hourkey;
using namespace hourkey::http;
using namespace std::chrono_literals;

namespace {

const std::string good = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// What the peer does on one accepted connection.
struct plan {
    enum class after { keep, fin, reset, hang };
    std::vector<std::string> answers;  ///< one a request
    after then = after::keep;
    bool drip = false;
};

/// A raw server on loopback that follows one plan a connection, and a pool that connects to it.
class raw_server {
public:
    explicit raw_server(std::vector<plan> plans) : plans_(std::move(plans)) {
        listener_->start([this](net::accepted c) {
            if (accepted >= plans_.size()) return;  // destroyed: closed at once
            on_.spawn(serve(std::move(c), plans_[accepted++]));
        });
    }

    result<client_answer> exchange(client_request what = request(), std::chrono::milliseconds within = 25s,
                                   net::connection_pool::freshness wanted = net::connection_pool::freshness::any) {
        std::optional<result<client_answer>> answer;
        on_.spawn(run(std::move(what), deadline::after(within), wanted, answer));
        const auto limit = std::chrono::steady_clock::now() + 30s;
        while (!answer) {
            if (std::chrono::steady_clock::now() > limit)
                throw std::runtime_error("the exchange did not come to an end");
            on_.context().run_one();
        }
        return *std::move(answer);
    }

    static client_request request() {
        client_request r;
        r.host = "sts.example:443";
        r.headers = {{"Authorization", "AWS4-HMAC-SHA256 x"}, {"X-Amz-Security-Token", "the-base-token"}};
        r.body = "Action=AssumeRole";
        return r;
    }

    [[nodiscard]] std::size_t open() const { return pool_.open(); }

    std::size_t accepted = 0;
    std::vector<std::string> requests;
    bool believes = true;

private:
    task<> run(client_request what, deadline until, net::connection_pool::freshness wanted,
               std::optional<result<client_answer>>& into) {
        into = co_await http::exchange(pool_, what, until, wanted);
        if (*into && believes) (*into)->connection.keep();
    }

    task<> serve(net::accepted c, plan p) {
        using after = plan::after;
        for (std::size_t i = 0;; ++i) {
            const bool last = i >= p.answers.size();
            if (last && p.then == after::fin && i == 0) break;
            // Closing with a request unread makes the kernel send a reset.
            if (last && p.then == after::reset && !co_await c.stream->wait_readable()) break;
            if (last && p.then != after::hang) break;
            std::string got;
            std::array<char, 4096> buffer{};
            while (got.find("\r\n\r\n") == std::string::npos || !got.ends_with("AssumeRole")) {
                const auto n = co_await c.stream->read_some(buffer);
                if (!n || *n == 0) co_return;
                got.append(buffer.data(), *n);
            }
            requests.push_back(std::move(got));
            if (last) continue;  // hangs: reads on and never answers
            const auto& answer = p.answers[i];
            for (std::size_t at = 0; at < answer.size(); at += p.drip ? 1 : answer.size()) {
                const auto piece = answer.substr(at, p.drip ? 1 : std::string::npos);
                if (!co_await c.stream->write_all(piece)) co_return;
                co_await boost::asio::post(on_.get_executor(), use_task);
            }
            // The client keeps its connection open, so this one must stay too.
            if (i + 1 == p.answers.size() && p.then == after::keep) {
                static_cast<void>(co_await c.stream->wait_readable());
                co_return;
            }
            if (i + 1 == p.answers.size() && p.then == after::hang) {
                static_cast<void>(co_await c.stream->wait_readable());
            }
        }
        c.stream->close();
    }

    std::vector<plan> plans_;
    net::connection_limits limits_{net::connection_caps{}};  // outlives the reactor, whose coroutines hold places
    net::reactor on_;
    std::unique_ptr<net::listener> listener_ = net::listener::bind_tcp(on_, "127.0.0.1", 0, nullptr, limits_).value();
    net::connection_pool pool_{on_, net::endpoint{"127.0.0.1", listener_->port(), nullptr}};
};

using after = plan::after;

}  // namespace

TEST_CASE("ARequestGoesOutAsTheSignerMadeIt") {
    raw_server s({{{good}}});
    const auto answer = s.exchange();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "hello");
    CHECK(s.requests.at(0) ==
          "POST / HTTP/1.1\r\nHost: sts.example:443\r\nAuthorization: AWS4-HMAC-SHA256 x\r\nX-Amz-Security-Token: "
          "the-base-token\r\nContent-Length: "
          "17\r\n\r\nAction=AssumeRole");
}

TEST_CASE("ATransportFaultIsToldFromAnAnswerThatMustNotBeBelieved") {
    struct row {
        const char* name;
        plan what;
        std::optional<errc> failed;  ///< none: the answer is good
        bool kept;
    };
    const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
    for (const auto& [name, what, failed, kept] : {
             row{"good", {{good}, after::keep}, {}, true},
             row{"drip", {{good}, after::keep, true}, {}, true},
             row{"chunked_trailer",
                 {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\na: b\r\n\r\n"},
                  after::keep},
                 {},
                 true},
             row{"continue100", {{"HTTP/1.1 100 Continue\r\n\r\n" + good}, after::keep}, {}, true},
             row{"close_after", {{good}, after::fin}, {}, true},
             row{"conn_close",
                 {{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"}, after::fin},
                 {},
                 false},
             row{"http10", {{"HTTP/1.0 200 OK\r\n\r\nhello"}, after::fin}, {}, false},
             row{"no_content_length", {{"HTTP/1.1 200 OK\r\n\r\nhello"}, after::fin}, {}, false},
             row{"extra_bytes", {{good + good}, after::keep}, {}, false},
             row{"hang", {{good}, after::hang}, errc::deadline_exceeded, false},
             row{"hang in the answer", {{good, half}, after::hang}, errc::deadline_exceeded, false},
             row{"conn_reset", {{}, after::reset}, errc::connection_closed, false},
             row{"truncate", {{half}, after::fin}, errc::connection_truncated, false},
             row{"truncate_head", {{"HTTP/1.1 200 OK\r\nConte"}, after::fin}, errc::connection_truncated, false},
             row{"truncate_chunked",
                 {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"}, after::fin},
                 errc::connection_truncated,
                 false},
             row{"two_length",
                 {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello"}, after::keep},
                 errc::protocol_violation,
                 false},
             row{"huge_length",
                 {{"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\nhello"}, after::keep},
                 errc::payload_too_large,
                 false},
             row{"bad_status", {{"banana\r\n\r\n"}, after::keep}, errc::protocol_violation, false},
             row{"gzip",
                 {{"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"}, after::keep},
                 errc::protocol_violation,
                 false},
         }) {
        CAPTURE(name);
        raw_server s({what});
        const bool hangs = failed == errc::deadline_exceeded;
        if (hangs) REQUIRE(s.exchange().has_value());  // only the peer's silence is left to take time
        const auto answer = hangs ? s.exchange(raw_server::request(), 200ms) : s.exchange();
        CHECK(answer.has_value() == !failed);
        if (answer) CHECK(answer->body == "hello");
        if (!answer) CHECK(answer.error().code == failed);
        CHECK(s.open() == (kept ? 1 : 0));
        CHECK(s.accepted == 1);
    }
}

TEST_CASE("APeerThatClosesRightAfterAcceptIsATransientFailure") {
    raw_server s({{{}, after::fin}});
    const auto answer = s.exchange();
    REQUIRE_FALSE(answer.has_value());
    // FIN or RST, as the kernel's timing has it: both mean that nothing was answered.
    CHECK(answer.error().code == errc::connection_closed);
}

TEST_CASE("AKeptConnectionCarriesTheNextExchange") {
    raw_server s({{{good, good, good}}});
    for (int i = 0; i < 3; ++i) CHECK(s.exchange().has_value());
    CHECK(s.accepted == 1);
    CHECK(s.requests.size() == 3);
}

TEST_CASE("AReusedConnectionThatFailsBeforeItsAnswerIsReplacedOnce") {
    // The peer takes the second request and resets instead of answering.
    raw_server s({{{good}, after::reset}, {{good}}});
    CHECK(s.exchange().has_value());
    const auto second = s.exchange();
    REQUIRE(second.has_value());
    CHECK(second->body == "hello");
    CHECK(s.accepted == 2);
}

TEST_CASE("AFreshConnectionThatFailsIsNotTriedAgain") {
    raw_server s({{{}, after::reset}, {{good}}});
    CHECK(s.exchange().error().code == errc::connection_closed);
    CHECK(s.accepted == 1);
}

TEST_CASE("AReusedConnectionThatFailsInsideItsAnswerIsNotTriedAgain") {
    raw_server s({{{good, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"}, after::fin}, {{good}}});
    CHECK(s.exchange().has_value());
    CHECK(s.exchange().error().code == errc::connection_truncated);
    CHECK(s.accepted == 1);
}

TEST_CASE("WhenAKeptConnectionFallsSilentThoseThatWereIdleBesideItAreNotUsedAgain") {
    raw_server s({{{good}, after::hang}, {{good}, after::hang}, {{good}}});
    for (int i = 0; i < 2; ++i)
        CHECK(s.exchange(raw_server::request(), 25s, net::connection_pool::freshness::fresh).has_value());
    const auto silent = s.exchange(raw_server::request(), 200ms);
    REQUIRE_FALSE(silent.has_value());
    CHECK(silent.error().code == errc::deadline_exceeded);
    CHECK(s.open() == 0);
    CHECK(s.exchange().has_value());
    CHECK(s.accepted == 3);
}

TEST_CASE("AConnectionWhoseAnswerNobodyBelievesIsNotUsedAgain") {
    raw_server s({{{good, good}}, {{good}}});
    s.believes = false;
    {
        const auto answer = s.exchange();
        REQUIRE(answer.has_value());
        CHECK(s.open() == 1);  // the judge's
    }
    CHECK(s.open() == 0);
    CHECK(s.exchange().has_value());
    CHECK(s.accepted == 2);
}

TEST_CASE("WhatMustNotBeBelievedTakesThoseIdleBesideItWithIt") {
    raw_server s({{{good}}, {{good, "banana\r\n\r\n"}}, {{good}}});
    for (int i = 0; i < 2; ++i)
        CHECK(s.exchange(raw_server::request(), 25s, net::connection_pool::freshness::fresh).has_value());
    CHECK(s.exchange().error().code == errc::protocol_violation);
    CHECK(s.open() == 0);
    CHECK(s.exchange().has_value());
    CHECK(s.accepted == 3);
}

TEST_CASE("AnExchangeMayDemandAFreshConnection") {
    raw_server s({{{good}}, {{good}}});
    CHECK(s.exchange().has_value());
    CHECK(s.exchange(raw_server::request(), 5s, net::connection_pool::freshness::fresh).has_value());
    CHECK(s.accepted == 2);
}

TEST_CASE("APortThatNobodyListensOnIsAFailedConnection") {
    std::uint16_t port = 0;
    net::reactor on;
    {
        net::connection_limits limits{net::connection_caps{}};
        port = net::listener::bind_tcp(on, "127.0.0.1", 0, nullptr, limits).value()->port();
    }
    net::connection_pool pool(on, net::endpoint{"127.0.0.1", port, nullptr});
    std::optional<result<client_answer>> answer;
    const auto what = raw_server::request();
    auto run = [](net::connection_pool& p, const client_request& r,
                  std::optional<result<client_answer>>& into) -> task<> {
        into = co_await http::exchange(p, r, deadline::after(5s));
    };
    on.spawn(run(pool, what, answer));
    while (!answer) on.context().run_one();
    REQUIRE_FALSE(answer->has_value());
    CHECK(answer->error().code == errc::connection_failed);
}

TEST_CASE("ALineBreakInARequestsHeadNeverLeaves") {
    raw_server s({{{good}}});
    auto bad_header = raw_server::request(), bad_target = raw_server::request(), bad_host = raw_server::request();
    bad_header.headers.push_back({"X", "a\r\nEvil: b"});
    bad_target.target = "/ HTTP/1.1\r\nEvil: b";
    bad_host.host = "h\nEvil: b";
    for (const auto& r : {bad_header, bad_target, bad_host}) CHECK(s.exchange(r).error().code == errc::internal);
    CHECK(s.accepted == 0);
}

TEST_CASE("AfterAnExchangeTheThreadsBuffersHoldNothingOfTheRequestOrTheAnswer") {
    raw_server s({{{"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\nthe-secret-access-key"}}});
    REQUIRE(s.exchange()->body == "the-secret-access-key");
    const std::string_view read(read_scratch().data(), read_scratch().size());
    CHECK(read.find("the-secret-access-key") == std::string_view::npos);
    auto& out = write_scratch();
    REQUIRE(out.capacity() > 100);
    CHECK(std::string_view(out.view().data(), out.capacity()).find("the-base-token") == std::string_view::npos);
}
