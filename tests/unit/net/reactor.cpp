#include "net/reactor.hpp"

#include "loopback.hpp"

#include <stdexcept>
#include <thread>

using namespace hourkey;
using namespace hourkey::test;

namespace {

struct counted final : net::swept {
    int expired = 0;
    void expire() noexcept override { ++expired; }
};

}  // namespace

TEST_CASE("the sweeper ends what is past its deadline, once, and leaves the rest alone") {
    net::reactor on;
    counted due, later, moved;
    due.expires_at = in(20ms);
    later.expires_at = in(1h);
    moved.expires_at = in(20ms);
    for (auto* s : {&due, &later, &moved}) on.watch(*s);
    {
        counted gone;
        gone.expires_at = in(20ms);
        on.watch(gone);
    }
    moved.expires_at = in(1h);
    run_on(on, pause_for(on, 350ms));
    CHECK(due.expired == 1);
    CHECK(later.expired == 0);
    CHECK(moved.expired == 0);
    CHECK_FALSE(due.is_linked());
    CHECK(later.is_linked());
}

TEST_CASE("an exception that escapes a coroutine is counted and reported, and the reactor goes on") {
    net::reactor on;
    std::string said;
    on.on_escaped = [&said](const char* what) { said = what; };
    on.spawn([]() -> task<> {
        throw std::runtime_error("a broken invariant");
        co_return;
    }());
    run_on(on, pause_for(on, 1ms));
    CHECK(said == "a broken invariant");
    CHECK(on.escaped() == 1);
}

TEST_CASE("stop ends run from another thread, with work still pending") {
    net::reactor on;
    on.spawn(pause_for(on, 1h));
    std::thread runner([&on] { on.run(); });
    on.stop();
    runner.join();
    CHECK(on.context().stopped());
}
