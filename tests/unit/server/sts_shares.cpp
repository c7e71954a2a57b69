#include "server/adapters/sts_shares.hpp"

#include "net/reactor.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;

ulid tenant(unsigned char n) {
    return ulid::make(wall_time{std::chrono::seconds(1)}, std::array<unsigned char, 10>{n});
}

struct shares_on_reactor {
    sts_shares shares;
    net::reactor on;
    explicit shares_on_reactor(std::size_t places) : shares(on, places) {}
};

task<> ask(sts_shares& shares, unsigned char who, std::vector<std::string>& told, deadline until, net::reactor& on,
           std::size_t last) {
    const auto place = co_await shares.enter(tenant(who), "us-east-1", until);
    told.push_back((place ? "in " : std::string(describe(place.error().code).api) + " ") + std::to_string(who));
    if (told.size() == last) on.stop();
}

TEST_CASE("While others wait, a place that becomes free goes to the tenant that has fewest") {
    shares_on_reactor s(2);
    std::vector<std::string> told;
    auto first = s.shares.enter_now(tenant(1), "us-east-1"), second = s.shares.enter_now(tenant(1), "us-east-1");
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK_FALSE(s.shares.enter_now(tenant(2), "us-east-1").has_value());
    CHECK(s.shares.enter_now(tenant(2), "eu-west-1").has_value());  // another region has places of its own
    const auto until = deadline::after(1h);
    for (const auto who : std::array<unsigned char, 3>{1, 1, 2}) s.on.spawn(ask(s.shares, who, told, until, s.on, 3));
    s.on.spawn([](std::optional<sts_shares::pass>& leaving) -> task<> {
        leaving.reset();
        co_return;
    }(first));
    s.on.run();
    CHECK(told == std::vector<std::string>{"in 2", "in 1", "in 1"});
}

TEST_CASE("A free place is entered at once, and is free again when it was left") {
    shares_on_reactor s(1);
    std::vector<std::string> told;
    for (const auto who : std::array<unsigned char, 3>{1, 2, 3})
        s.on.spawn(ask(s.shares, who, told, deadline::after(1h), s.on, 3));
    s.on.run();
    CHECK(told == std::vector<std::string>{"in 1", "in 2", "in 3"});
}

TEST_CASE("Whoever's turn does not come in time is told so, and leaves no place taken") {
    shares_on_reactor s(1);
    std::vector<std::string> told;
    auto only = s.shares.enter_now(tenant(1), "us-east-1");
    s.on.spawn(ask(s.shares, 2, told, deadline::after(1ms), s.on, 1));
    s.on.run();
    CHECK(told == std::vector<std::string>{"sts_timeout 2"});
    only.reset();
    CHECK(s.shares.enter_now(tenant(1), "us-east-1").has_value());
}

TEST_CASE("Who still waits when the reactor ends is passed over") {
    std::vector<std::string> told;
    shares_on_reactor s(1);
    auto only = s.shares.enter_now(tenant(1), "us-east-1");
    s.on.spawn(ask(s.shares, 2, told, deadline::after(1h), s.on, 1));
    s.on.spawn([](net::reactor& on) -> task<> {
        on.stop();
        co_return;
    }(s.on));
    s.on.run();
    CHECK(told.empty());
}

TEST_CASE("A tenant's retries are its own, and a thousand tenants' are remembered") {
    shares_on_reactor s(1);
    const auto mine = s.shares.retries_of(tenant(1));
    CHECK(mine->take(sts_shares::retry_tokens));
    CHECK_FALSE(s.shares.retries_of(tenant(1))->take(1));
    CHECK(s.shares.retries_of(tenant(2))->tokens() == sts_shares::retry_tokens);
    for (std::size_t n = 0; n < 2 * sts_shares::most_remembered; ++n)
        static_cast<void>(s.shares.retries_of(
            ulid::make(wall_time{std::chrono::milliseconds(n + 2000)}, std::array<unsigned char, 10>{})));
    CHECK(s.shares.retries_of(tenant(1))->tokens() == 0);
}

}  // namespace
}  // namespace hourkey::server
