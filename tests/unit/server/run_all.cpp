#include "server/adapters/run_all.hpp"

#include "core/steady_timer.hpp"
#include "support/run_on.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace hourkey::server {
namespace {

/// Notes that it began, lets the others begin, and notes that it ended.
task<> note(std::string& events, char name) {
    events.push_back(name);
    steady_timer pause(co_await boost::asio::this_coro::executor, std::chrono::milliseconds(1));
    co_await pause.async_wait(as_task_tuple);
    events.push_back('.');
}

task<> fail() {
    co_await boost::asio::this_coro::executor;
    throw std::runtime_error("broken");
}

std::function<void(task<>)> spawning_on(net::reactor& r) {
    return [&r](task<> what) { r.spawn(std::move(what)); };
}

}  // namespace

TEST_CASE("All begin before one ends, and the whole ends with the last") {
    net::reactor r;
    std::string events;
    std::vector<task<>> all;
    for (const char name : {'a', 'b', 'c'}) all.push_back(note(events, name));
    test::run_on(r, run_all(spawning_on(r), std::move(all)));
    CHECK(events == "abc...");
}

TEST_CASE("None end at once") {
    net::reactor r;
    test::run_on(r, run_all(spawning_on(r), {}));
}

TEST_CASE("What breaks in one is thrown when all have ended") {
    net::reactor r;
    std::string events;
    std::vector<task<>> all;
    all.push_back(fail());
    all.push_back(note(events, 'a'));
    CHECK_THROWS_AS(test::run_on(r, run_all(spawning_on(r), std::move(all))), std::runtime_error);
    CHECK(events == "a.");
}

}  // namespace hourkey::server
