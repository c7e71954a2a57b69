#pragma once

#include "core/steady_timer.hpp"
#include "net/reactor.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace hourkey::test {

/// Runs one coroutine to its end on the reactor, whose thread this becomes; a hang fails the test instead of the
/// machine.
inline void run_on(net::reactor& r, task<> t) {
    bool done = false;
    std::exception_ptr thrown;
    boost::asio::co_spawn(r.context(), std::move(t), [&](const std::exception_ptr& e) {
        done = true;
        thrown = e;
        r.stop();
    });
    steady_timer patience(r.get_executor(), std::chrono::seconds(60));
    patience.async_wait([&r](const boost::system::error_code& ec) {
        if (!ec) r.stop();
    });
    r.run();
    r.context().restart();
    if (thrown) std::rethrow_exception(thrown);
    REQUIRE_MESSAGE(done, "the coroutine hangs");
}

template <class T>
task<> keep_outcome(task<T> t, std::optional<T>& out) {
    out.emplace(co_await std::move(t));
}

template <class T>
T run_on(net::reactor& r, task<T> t) {
    std::optional<T> out;
    run_on(r, keep_outcome(std::move(t), out));
    return *std::move(out);
}

}  // namespace hourkey::test
