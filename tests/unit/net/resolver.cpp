#include "net/resolver.hpp"

#include "loopback.hpp"
#include "net/connection_pool.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

using namespace hourkey;
using namespace hourkey::test;

namespace {

net::address at(const std::string& ip, std::uint16_t port = 443) { return boost::asio::ip::tcp::endpoint(boost::asio::ip::make_address(ip), port); }

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
        const auto found = ask([](const std::string&, std::uint16_t) -> result<net::addresses> { throw std::logic_error("asked"); }, literal);
        REQUIRE(found.has_value());
        CHECK(*found == net::addresses{at(literal)});
    }
}

TEST_CASE("a look-up that fails or throws is a failure with a reason") {
    const net::name_lookup failing = [](const std::string&, std::uint16_t) -> result<net::addresses> {
        return failure(errc::connection_failed, {}, {}, "not today");
    };
    const net::name_lookup throwing = [](const std::string&, std::uint16_t) -> result<net::addresses> { throw std::runtime_error("not today"); };
    for (const auto& by : {failing, throwing}) {
        const auto found = ask(by, "sts.example");
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().code == errc::connection_failed);
        CHECK(found.error().cause.find("not today") != std::string::npos);
    }
}

TEST_CASE("of a name's addresses so many are taken as may be tried") {
    for (const auto given : {net::most_addresses, net::most_addresses + 1}) {
        const auto found = ask([given](const std::string&, std::uint16_t) -> result<net::addresses> { return net::addresses(given, at("192.0.2.1")); }, "many");
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
