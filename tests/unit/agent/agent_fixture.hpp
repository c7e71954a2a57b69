#pragma once

#include "agent/keeper.hpp"
#include "agent/source.hpp"
#include "core/clock.hpp"
#include "core/steady_timer.hpp"
#include "net/reactor.hpp"
#include "support/results.hpp"
#include "support/run_on.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::test {

class told_clock final : public clock_source {
public:
    [[nodiscard]] wall_time now() const noexcept override { return wall; }
    [[nodiscard]] steady_time steady_now() const noexcept override { return steady; }
    void pass(std::chrono::nanoseconds time) {
        wall += time;
        steady += time;
    }
    wall_time wall = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
    steady_time steady{std::chrono::hours(1)};
};

[[nodiscard]] inline connection_name named(std::string_view text) { return must(connection_name::parse(text)); }

[[nodiscard]] inline api::credentials triple(int number, wall_time expiration) {
    const auto n = std::to_string(number);
    api::credentials made;
    made.access_key_id = "ASIAEXAMPLE0000000" + n;
    made.secret_access_key = secret("secret-" + n);
    made.session_token = secret("session-" + n);
    made.token = secret("session-" + n);
    made.expiration = expiration;
    made.account_id = "444455556666";
    made.role_arn = "arn:aws:iam::444455556666:role/hourkey/deploy";
    return made;
}

/// Credentials numbered by the call that fetched them, or a failure; a held one comes when it is let go.
class stand_in_source {
public:
    stand_in_source(net::reactor& on, const clock_source& clock) : clock_(clock), gate_(on.get_executor()) {}

    [[nodiscard]] agent::source get() {
        return [this](connection_name connection, deadline) { return fetch(std::move(connection)); };
    }
    void hold() { gate_.expires_at(steady_time::max()); }
    void let_go() { gate_.expires_at(steady_time::min()); }

    std::vector<std::string> asked;
    std::optional<failure> fails;
    std::chrono::seconds life{3600};
    std::chrono::seconds clock_offset{0};

private:
    task<result<agent::fetched>> fetch(connection_name connection) {
        asked.push_back(connection.str());
        const auto number = static_cast<int>(asked.size());
        co_await gate_.async_wait(as_task_tuple);
        if (fails) co_return *fails;
        co_return agent::fetched{.what = triple(number, clock_.now() + clock_offset + life),
                                 .clock_offset = clock_offset};
    }

    const clock_source& clock_;
    steady_timer gate_;
};

[[nodiscard]] inline failure refused_by_server() {
    failure why(errc::app_not_allowed, "App 'web' is not on the allow-list of 'prod'.", "Ask an admin for a grant.");
    why.request_id = std::string("01M80WN13JKMAGAWJCZC09E4XQ");
    return why;
}

/// Runs what is ready, and what that makes ready.
inline void settle(net::reactor& on) {
    while (on.context().poll() != 0) {}
}

}  // namespace hourkey::test
