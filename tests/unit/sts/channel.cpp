#include "sts/channel.hpp"

#include "core/time_text.hpp"
#include "net/listener.hpp"
#include "sts/operations.hpp"
#include "sts_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace hourkey;
using namespace hourkey::sts;
using namespace hourkey::test;

namespace {

/// A peer behind a path that can forget its flows, as a NAT or a firewall does: what is sent on an old connection then
/// goes nowhere, and new ones work. Answers 200 once as many requests are there as `awaited`.
class forgetful_peer {
public:
    explicit forgetful_peer(net::reactor& on) : on_(on) {
        listener_->start([this](net::accepted c) {
            ++accepted;
            on_.spawn(serve(this, std::move(c)));
        });
    }
    [[nodiscard]] sts_endpoint endpoint() const {
        return {"eu-west-1", "sts.example", {"127.0.0.1", listener_->port(), nullptr}};
    }
    void forget_flows() { forgotten_ = accepted; }

    int accepted = 0;
    int awaited = 1;

private:
    static task<> serve(forgetful_peer* self, net::accepted c) {
        const int number = self->accepted;
        std::array<char, 8192> bytes{};
        for (;;) {
            for (std::string request; !request.ends_with("Action=Test");) {
                const auto n = co_await c.stream->read_some(bytes);
                if (!n || *n == 0) co_return;
                request.append(bytes.data(), *n);
            }
            if (number <= self->forgotten_) continue;
            --self->awaited;
            while (self->awaited > 0) {
                steady_timer others(self->on_.get_executor(), 5ms);
                co_await others.async_wait(as_task_tuple);
            }
            if (!co_await c.stream->write_all("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) co_return;
        }
    }

    net::reactor& on_;
    net::connection_limits limits_{{}};
    std::unique_ptr<net::listener> listener_ = net::listener::bind_tcp(on_, "127.0.0.1", 0, nullptr, limits_).value();
    int forgotten_ = 0;
};

/// Speaks STS, but from its second request on the first connection answers each with the answer to the one before: one
/// answer too many was on the way. It leaves that to whoever goes on asking there.
class lagging_peer {
public:
    explicit lagging_peer(net::reactor& on) : on_(on) {
        listener_->start([this](net::accepted c) {
            ++accepted;
            on_.spawn(serve(this, std::move(c)));
        });
    }
    [[nodiscard]] sts_endpoint endpoint() const {
        return {"eu-west-1", "sts.example", {"127.0.0.1", listener_->port(), nullptr}};
    }

    int accepted = 0;

private:
    static std::string answer_to(const std::string& session) {
        const std::string body =
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLEKEYID0001</"
            "AccessKeyId><SecretAccessKey>s</"
            "SecretAccessKey><SessionToken>t"
            "</SessionToken><Expiration>" +
            to_rfc3339(system_clock().now() + 1h) +
            "</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:x</"
            "AssumedRoleId><Arn>arn:aws:sts::444455556666:assumed-role/deploy/" +
            session +
            "</Arn></AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></"
            "AssumeRoleResponse>";
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    static std::string session_in(const std::string& request) {
        const std::string name = "RoleSessionName=";
        const auto at = request.find(name) + name.size();
        return request.substr(at, request.find('&', at) - at);
    }
    static task<> serve(lagging_peer* self, net::accepted c) {
        const bool lags = self->accepted == 1;
        std::array<char, 8192> bytes{};
        std::string before;
        for (;;) {
            std::string request;
            while (request.find("RoleSessionName=") == std::string::npos) {
                const auto n = co_await c.stream->read_some(bytes);
                if (!n || *n == 0) co_return;
                request.append(bytes.data(), *n);
            }
            const auto now = session_in(request);
            const auto answer = answer_to(lags && !before.empty() ? before : now);
            before = now;
            if (!co_await c.stream->write_all(answer)) co_return;
        }
    }

    net::reactor& on_;
    net::connection_limits limits_{{}};
    std::unique_ptr<net::listener> listener_ = net::listener::bind_tcp(on_, "127.0.0.1", 0, nullptr, limits_).value();
};

const aws::credentials keys{"AKIAHOURKEY", secret("base-secret"), secret(), std::nullopt};

/// The attempts it took; 0 for a failure.
task<int> call(channel& over) {
    auto got = co_await over.call("Test", "Action=Test", &keys, deadline::after(25s));
    if (!got) co_return 0;
    over.settle(*got, std::nullopt);
    co_return got->report.attempts;
}

task<bool> warm(net::reactor& on, channel& over, forgetful_peer& far, int connections) {
    far.awaited = connections;
    int done = 0;
    const auto one = [](channel& c, int& count) -> task<> {
        if (co_await call(c) == 1) ++count;
    };
    for (int i = 0; i < connections; ++i) on.spawn(one(over, done));
    while (done < connections) {  // NOLINT(bugprone-infinite-loop): the calls count
        steady_timer others(on.get_executor(), 5ms);
        co_await others.async_wait(as_task_tuple);
    }
    co_return true;
}

}  // namespace

TEST_CASE(
    "when the path has forgotten the kept connections, the second attempt opens a new one, and the next call meets "
    "none of them") {
    net::reactor on;
    forgetful_peer far(on);
    channel_settings settings;
    settings.random = [] { return 0.0; };
    settings.attempt_timeout = 1s;
    channel calls(on, far.endpoint(), settings);
    REQUIRE(run_on(on, warm(on, calls, far, 5)));
    REQUIRE(far.accepted == 5);
    far.forget_flows();
    CHECK(run_on(on, call(calls)) == 2);
    CHECK(far.accepted == 6);
    CHECK(run_on(on, call(calls)) == 1);
    CHECK(far.accepted == 6);
}

TEST_CASE("one answer that came to the wrong request is the last on its connection") {
    net::reactor on;
    lagging_peer far(on);
    channel calls(on, far.endpoint(), {});
    const auto vend = [&](const std::string& session) -> std::string {
        aws::assume_role_request request{aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy").value(),
                                         aws::session_name::parse(session).value(), 1h, std::nullopt, std::nullopt};
        const auto got =
            run_on(on, assume_role(calls, std::move(request), keys, aws::base_identity::user, deadline::after(25s)));
        return got ? got->assumed_role_arn.substr(got->assumed_role_arn.rfind('/') + 1)
                   : std::string(describe(got.error().code).api);
    };
    CHECK(vend("one") == "one");
    CHECK(vend("two") == "sts_rejected");
    CHECK(vend("three") == "three");
    CHECK(vend("four") == "four");
    CHECK(far.accepted == 2);
}

TEST_CASE("TLS that is broken off is tried again, and nobody is sent to look at the trust store") {
    net::reactor on;
    net::connection_limits limits{{}};
    int accepted = 0;
    const auto breaker = net::listener::bind_tcp(on, "127.0.0.1", 0, nullptr, limits).value();
    const auto break_off = [](net::accepted c) -> task<> {
        std::array<char, 1000> hello{};
        if (!co_await c.stream->read_some(hello)) co_return;
        static_cast<void>(
            co_await c.stream->write_all(std::string_view("\x15\x03\x03\x00\x02\x02\x28", 7)));  // handshake_failure
        c.stream->close();
    };
    breaker->start([&](net::accepted c) {
        ++accepted;
        on.spawn(break_off(std::move(c)));
    });
    channel_settings settings;
    settings.random = [] { return 0.0; };
    int attempts = 0;
    settings.on_call = [&](const call_report& r) { attempts = r.attempts; };
    channel calls(
        on, {"eu-west-1", "sts.example", {"127.0.0.1", breaker->port(), net::make_tls_client_context("").value()}},
        settings);
    const auto got = run_on(on, get_caller_identity(calls, keys, deadline::after(25s)));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::sts_unavailable);
    CHECK(got.error().hint.find("ca_file") == std::string::npos);
    CHECK(got.error().hint.find("broke TLS off") != std::string::npos);
    CHECK(got.error().cause.find("alert handshake failure") != std::string::npos);
    CHECK(attempts == 3);
    CHECK(accepted == 3);
}
