#include "net/resolver.hpp"

#include "loopback.hpp"
#include "net/connection_pool.hpp"
#include "net/listener.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace hourkey;
using namespace hourkey::test;

namespace {

net::address at(const std::string& ip, std::uint16_t port = 443) {
    return boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(ip), port);
}

result<net::addresses> ask(net::name_lookup by, const std::string& host) {
    net::reactor on;
    std::optional<result<net::addresses>> told;
    net::look_up(on, std::move(by), host, 443, [&](result<net::addresses> found) {
        told = std::move(found);
        on.stop();
    });
    CHECK_FALSE(told.has_value());
    on.run();
    REQUIRE(told.has_value());
    return *std::move(told);
}

/// A resolver that does not answer before it is released.
struct stuck_resolver {
    std::promise<void> asked, released;

    static net::name_lookup lookup(std::shared_ptr<stuck_resolver> self) {
        return [self = std::move(self)](const std::string&, std::uint16_t) -> result<net::addresses> {
            self->asked.set_value();
            self->released.get_future().wait();
            return net::addresses{at("127.0.0.1")};
        };
    }
};

}  // namespace

TEST_CASE("a look-up hands over what was found, in its order, on the reactor's thread") {
    const auto here = std::this_thread::get_id();
    std::optional<std::thread::id> there;
    const auto found = ask(
        [&](const std::string& host, std::uint16_t port) -> result<net::addresses> {
            there = std::this_thread::get_id();
            CHECK(host == "sts.example");
            return net::addresses{at("192.0.2.2", port), at("2001:db8::1", port)};
        },
        "sts.example");
    REQUIRE(found.has_value());
    CHECK(*found == net::addresses{at("192.0.2.2"), at("2001:db8::1")});
    CHECK(there.has_value());
    CHECK(there != here);
}

TEST_CASE("an address needs no look-up") {
    for (const auto* literal : {"192.0.2.1", "2001:db8::1"}) {
        const auto found =
            ask([](const std::string&, std::uint16_t) -> result<net::addresses> { throw std::logic_error("asked"); },
                literal);
        REQUIRE(found.has_value());
        CHECK(*found == net::addresses{at(literal)});
    }
}

TEST_CASE("a look-up that fails or throws is a failure with a reason") {
    const net::name_lookup failing = [](const std::string&, std::uint16_t) -> result<net::addresses> {
        return failure(errc::connection_failed, {}, {}, "not today");
    };
    const net::name_lookup throwing = [](const std::string&, std::uint16_t) -> result<net::addresses> {
        throw std::runtime_error("not today");
    };
    for (const auto& by : {failing, throwing}) {
        const auto found = ask(by, "sts.example");
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().code == errc::connection_failed);
        CHECK(found.error().cause.find("not today") != std::string::npos);
    }
}

TEST_CASE("of a name's addresses so many are taken as may be tried") {
    for (const auto given : {net::most_addresses, net::most_addresses + 1}) {
        const auto found =
            ask([given](const std::string&,
                        std::uint16_t) -> result<net::addresses> { return net::addresses(given, at("192.0.2.1")); },
                "many");
        REQUIRE(found.has_value());
        CHECK(found->size() == net::most_addresses);
    }
}

TEST_CASE("the system's resolver knows this machine, and no invalid name") {
    const auto found = net::look_up_by_system("localhost", 443);
    REQUIRE(found.has_value());
    for (const auto& a : *found) CHECK((a == at("127.0.0.1") || a == at("::1")));
    const auto none = net::look_up_by_system("name.invalid", 443);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == errc::connection_failed);
    CHECK(none.error().cause.starts_with("name.invalid: "));
}

TEST_CASE("neither a pool nor its reactor waits for a look-up that hangs, which may end long after them") {
    auto stuck = std::make_shared<stuck_resolver>();
    const std::weak_ptr<stuck_resolver> in_use = stuck;
    {
        net::reactor on;
        net::pool_settings settings;
        settings.lookup = stuck_resolver::lookup(stuck);
        settings.lookup_patience = settings.lookup_again = 10min;
        net::connection_pool pool(on, {"sts.example", 443, nullptr}, settings);
        run_on(on, [&]() -> task<> {
            for (int i = 0; i < 2; ++i) {  // a second look-up would break the promise
                const auto lease = co_await pool.acquire(deadline::after(50ms));
                REQUIRE_FALSE(lease.has_value());
                CHECK(lease.error().code == errc::deadline_exceeded);
            }
        }());
        stuck->asked.get_future().wait();
    }
    stuck->released.set_value();
    stuck.reset();
    while (!in_use.expired()) std::this_thread::yield();
}

namespace {

constexpr auto for_ever = 10min;

/// What a pool asks, and answers that come when the test says so.
struct told_resolver {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t asked = 0;
    std::size_t silent = 0;  ///< the first so many hang until `released`
    bool released = false;
    result<net::addresses> answer = net::addresses{};

    static net::name_lookup lookup(std::shared_ptr<told_resolver> self) {
        return [self = std::move(self)](const std::string&, std::uint16_t) -> result<net::addresses> {
            std::unique_lock lock(self->mutex);
            if (++self->asked <= self->silent) self->changed.wait(lock, [&] { return self->released; });
            return self->answer;
        };
    }
    void release() {
        const std::scoped_lock lock(mutex);
        released = true;
        changed.notify_all();
    }
    [[nodiscard]] std::size_t times() {
        const std::scoped_lock lock(mutex);
        return asked;
    }
};

/// A pool of plain connections to a door on loopback, by a name.
struct named_peer {
    net::reactor on;
    net::connection_limits limits{{}};
    std::vector<net::accepted> got;
    std::unique_ptr<net::listener> from = net::listener::bind_tcp(on, "127.0.0.1", 0, nullptr, limits).value();
    std::shared_ptr<told_resolver> dns = std::make_shared<told_resolver>();
    net::pool_settings settings;
    std::unique_ptr<net::connection_pool> pool;

    named_peer() {
        from->start([this](net::accepted a) { got.push_back(std::move(a)); });
        settings.lookup = told_resolver::lookup(dns);
        settings.lookup_patience = settings.lookup_again = settings.lookup_memory = for_ever;
        dns->answer = net::addresses{at("127.0.0.1", from->port())};
    }
    ~named_peer() { dns->release(); }
    void open() {
        pool =
            std::make_unique<net::connection_pool>(on, net::endpoint{"sts.example", from->port(), nullptr}, settings);
    }
    result<net::connection_pool::lease> acquire() {
        std::optional<result<net::connection_pool::lease>> out;
        run_on(on, [&]() -> task<> {
            out.emplace(co_await pool->acquire(deadline::after(for_ever), net::connection_pool::freshness::fresh));
        }());
        return *std::move(out);
    }
};

}  // namespace

TEST_CASE("a resolver that is silent costs its patience once, not each caller's whole deadline") {
    named_peer peer;
    peer.dns->silent = 1;
    peer.settings.lookup_patience = 20ms;
    peer.open();
    for (int i = 0; i < 3; ++i) {  // the later ones wait for nothing
        const auto lease = peer.acquire();
        REQUIRE_FALSE(lease.has_value());
        CHECK(lease.error().code == errc::connection_failed);
        CHECK(lease.error().cause.find("not resolved in time") != std::string::npos);
    }
    while (peer.dns->times() == 0) std::this_thread::yield();
    CHECK(peer.dns->times() == 1);
    peer.dns->release();
    while (!peer.acquire()) std::this_thread::yield();
}

TEST_CASE("while a look-up is silent another is begun beside it, and its answer serves") {
    named_peer peer;
    peer.dns->silent = 1;
    peer.settings.lookup_patience = 20ms;
    peer.settings.lookup_again = 0ms;
    peer.open();
    while (!peer.acquire()) std::this_thread::yield();
    CHECK(peer.dns->times() >= 2);
}

TEST_CASE("never more than three look-ups hang") {
    named_peer peer;
    peer.dns->silent = 1000;
    peer.settings.lookup_patience = peer.settings.lookup_again = 0ms;
    peer.open();
    for (int i = 0; i < 10; ++i) CHECK_FALSE(peer.acquire().has_value());
    while (peer.dns->times() < 3) std::this_thread::yield();
    for (int i = 0; i < 10; ++i) CHECK_FALSE(peer.acquire().has_value());
    CHECK(peer.dns->times() == 3);
}

TEST_CASE("those who wait for a name share one look-up") {
    named_peer peer;
    peer.dns->silent = 1;
    peer.open();
    std::size_t connected = 0;
    run_on(peer.on, [&]() -> task<> {
        const auto one = [](named_peer& p, std::size_t& n) -> task<> {
            if ((co_await p.pool->acquire(deadline::after(for_ever))).has_value()) ++n;
        };
        std::vector<std::unique_ptr<background>> all;
        for (int i = 0; i < 5; ++i) {
            all.push_back(std::make_unique<background>(background{peer.on}));
            all.back()->start(one(peer, connected));
        }
        co_await pause_for(peer.on, 5ms);
        peer.dns->release();
        for (auto& b : all) co_await b->finish();
    }());
    CHECK(connected == 5);
    CHECK(peer.dns->times() == 1);
}

TEST_CASE("a name that is not found is remembered as such for a moment, and no longer") {
    for (const bool remembers : {true, false}) {
        CAPTURE(remembers);
        named_peer peer;
        peer.dns->answer = failure(errc::connection_failed, {}, {}, "no such name");
        if (!remembers) peer.settings.lookup_memory = 0ms;
        peer.open();
        for (int i = 0; i < 3; ++i) {
            const auto lease = peer.acquire();
            REQUIRE_FALSE(lease.has_value());
            CHECK(lease.error().cause.find("no such name") != std::string::npos);
        }
        CHECK((peer.dns->times() == 1) == remembers);
    }
}

TEST_CASE("addresses that were good are used on while newer ones are not to be had") {
    for (const bool silent : {true, false}) {
        CAPTURE(silent);
        named_peer peer;
        peer.settings.max_age = 0s;  // each acquisition asks again
        peer.settings.lookup_memory = peer.settings.lookup_again = 0ms;
        peer.open();
        REQUIRE(peer.acquire().has_value());
        {
            const std::scoped_lock lock(peer.dns->mutex);
            peer.dns->silent = silent ? 1000 : 0;
            peer.dns->answer = failure(errc::connection_failed, {}, {}, "no such name");
        }
        for (int i = 0; i < 3; ++i) CHECK(peer.acquire().has_value());
        while (peer.dns->times() < 2) std::this_thread::yield();
    }
}
