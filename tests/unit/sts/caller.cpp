#include "sts/caller.hpp"

#include "net/listener.hpp"
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

/// A peer behind a path that can forget its flows, as a NAT or a firewall does: what is sent on an old connection then goes
/// nowhere, and new ones work. Answers 200 once as many requests are there as `awaited`.
class forgetful_peer {
public:
    explicit forgetful_peer(net::reactor& on) : on_(on) {
        listener_->start([this](net::accepted c) {
            ++accepted;
            on_.spawn(serve(this, std::move(c)));
        });
    }
    [[nodiscard]] sts_endpoint endpoint() const { return {"eu-west-1", "sts.example", {"127.0.0.1", listener_->port(), nullptr}}; }
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
                net::steady_timer others(self->on_.get_executor(), 5ms);
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

const aws::credentials keys{"AKIAHOURKEY", secret("base-secret"), secret(), std::nullopt};

/// The attempts it took; 0 for a failure.
task<int> call(caller& over) {
    auto got = co_await over.call("Test", "Action=Test", keys, deadline::after(25s));
    co_return got ? got->report.attempts : 0;
}

task<bool> warm(net::reactor& on, caller& over, forgetful_peer& far, int connections) {
    far.awaited = connections;
    int done = 0;
    const auto one = [](caller& c, int& count) -> task<> {
        if (co_await call(c) == 1) ++count;
    };
    for (int i = 0; i < connections; ++i) on.spawn(one(over, done));
    while (done < connections) {
        net::steady_timer others(on.get_executor(), 5ms);
        co_await others.async_wait(as_task_tuple);
    }
    co_return true;
}

}  // namespace

TEST_CASE("when the path has forgotten the kept connections, the second attempt opens a new one, and the next call meets none of them") {
    net::reactor on;
    forgetful_peer far(on);
    caller_settings settings;
    settings.random = [] { return 0.0; };
    settings.attempt_timeout = 1s;
    caller calls(on, far.endpoint(), settings);
    REQUIRE(run_on(on, warm(on, calls, far, 5)));
    REQUIRE(far.accepted == 5);
    far.forget_flows();
    CHECK(run_on(on, call(calls)) == 2);
    CHECK(far.accepted == 6);
    CHECK(run_on(on, call(calls)) == 1);
    CHECK(far.accepted == 6);
}
