#include "os/signal_queue.hpp"

#include "net/reactor.hpp"
#include "support/run_on.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace hourkey;
using namespace hourkey::os;

TEST_CASE("signals wait in the queue instead of ending the process") {
    net::reactor on;
    signal_queue queue(on.get_executor(), {SIGUSR1, SIGTERM});
    CHECK_FALSE(queue.take());
    ::kill(::getpid(), SIGTERM);
    const auto first = test::run_on(on, queue.next());
    CHECK(first.number == SIGTERM);
    CHECK_FALSE(first.is_from_terminal);
    ::kill(::getpid(), SIGUSR1);
    const auto second = queue.take();
    REQUIRE(second);
    CHECK(second->number == SIGUSR1);
    CHECK_FALSE(queue.take());
}

TEST_CASE("what was held back before is held back again afterwards") {
    const auto is_held = [](int number) {
        sigset_t now;
        pthread_sigmask(SIG_SETMASK, nullptr, &now);
        return sigismember(&now, number) == 1;
    };
    net::reactor on;
    {
        const signal_queue queue(on.get_executor(), {SIGUSR1});
        CHECK(is_held(SIGUSR1));
        CHECK(sigismember(&queue.mask_before(), SIGUSR1) == 0);
    }
    CHECK_FALSE(is_held(SIGUSR1));
}
