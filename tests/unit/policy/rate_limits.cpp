#include "policy/rate_limits.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hourkey::policy {
namespace {

using namespace std::chrono_literals;
using enum request_purpose;

const steady_time start{1000h};

ulid id(unsigned char n) { return ulid::make(wall_time{1s}, std::array<unsigned char, 10>{n}); }

model::principal app_caller(unsigned char tenant, std::string_view app, unsigned char token) {
    return {.id = id(token),
            .role = model::role::app,
            .tenant_id = id(tenant),
            .tenant = tenant_name::parse("t" + std::to_string(tenant)).value(),
            .app = app_name::parse(app).value()};
}

model::principal admin_of(unsigned char tenant, unsigned char token) {
    auto who = app_caller(tenant, "x", token);
    who.role = model::role::admin;
    who.app.reset();
    return who;
}

model::token dead(unsigned char tenant, unsigned char token) {
    model::token t;
    t.id = id(token);
    t.tenant_id = id(tenant);
    return t;
}

/// All without limit, so that each test sets the one it is about.
rate_settings unlimited() {
    return {.token = 0, .app = 0, .tenant = 0, .address = 0, .dead_tokens = 0, .sts = 0, .burst_seconds = 1};
}

std::size_t how_many(std::size_t most, const std::function<bool()>& passes) {
    std::size_t n = 0;
    while (n < most && passes()) ++n;
    return n;
}

TEST_CASE("Each limit lets its burst through and refuses one more, with who it was and when to come again") {
    struct row {
        const char* name;
        rated by;
        std::uint32_t rate_settings::* rate;
        std::function<result<>(rate_limits&)> ask;
    };
    const auto ask_caller = [](rate_limits& l) { return l.admit_caller(app_caller(1, "web", 1), 1, ordinary, start); };
    const std::vector<row> rows{
        {"token", rated::token, &rate_settings::token, ask_caller},
        {"app", rated::app, &rate_settings::app, ask_caller},
        {"tenant", rated::tenant, &rate_settings::tenant, ask_caller},
        {"address", rated::address, &rate_settings::address,
         [](rate_limits& l) -> result<> {
             HK_CHECK(l.admit_address("192.0.2.1", ordinary, start));
             return {};
         }},
        {"dead tokens", rated::dead_token, &rate_settings::dead_tokens,
         [](rate_limits& l) { return l.admit_dead_token(dead(1, 1), start); }},
        {"sessions", rated::sts, &rate_settings::sts,
         [](rate_limits& l) { return l.admit_session(app_caller(1, "web", 1), start); }},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        std::vector<rated> refused;
        auto settings = unlimited();
        settings.*r.rate = 5;
        settings.burst_seconds = 4;
        rate_limits limits(settings, 1, [&](rated by) { refused.push_back(by); });
        CHECK(how_many(100, [&] { return r.ask(limits).has_value(); }) == 20);
        const auto refusal = r.ask(limits);
        REQUIRE_FALSE(refusal.has_value());
        CHECK(refusal.error().code == errc::rate_limited);
        CHECK(refusal.error().retry_after == 1s);
        CHECK_FALSE(refusal.error().message.empty());
        CHECK_FALSE(refusal.error().hint.empty());
        CHECK(refused == std::vector{r.by, r.by});
    }
}

TEST_CASE("The defaults limit everything") {
    const rate_settings d;
    for (const auto rate : {d.token, d.app, d.tenant, d.address, d.dead_tokens, d.sts, d.burst_seconds})
        CHECK(rate > 0);
}

TEST_CASE("Nobody pays for another") {
    auto settings = unlimited();
    settings.token = settings.app = settings.tenant = settings.address = settings.dead_tokens = settings.sts = 5;
    rate_limits limits(settings, 1);
    static_cast<void>(
        how_many(100, [&] { return limits.admit_caller(app_caller(1, "web", 1), 1, ordinary, start).has_value(); }));
    static_cast<void>(how_many(100, [&] { return limits.admit_dead_token(dead(1, 9), start).has_value(); }));
    static_cast<void>(how_many(100, [&] { return limits.admit_session(admin_of(1, 1), start).has_value(); }));
    static_cast<void>(how_many(100, [&] { return limits.admit_address("192.0.2.1", ordinary, start).has_value(); }));
    CHECK(limits.admit_caller(app_caller(2, "web", 2), 1, ordinary, start)
              .has_value());  // another tenant, the same app's name
    CHECK(limits.admit_dead_token(dead(2, 8), start).has_value());
    CHECK(limits.admit_session(admin_of(2, 2), start).has_value());
    CHECK(limits.admit_address("192.0.2.2", ordinary, start).has_value());
}

TEST_CASE("A tenant's dead tokens share one bucket, and take nothing from its living ones") {
    auto settings = unlimited();
    settings.dead_tokens = settings.tenant = settings.token = 5;
    rate_limits limits(settings, 1);
    unsigned char next = 10;
    CHECK(how_many(100, [&] { return limits.admit_dead_token(dead(1, next++), start).has_value(); }) == 5);
    CHECK(limits.admit_caller(admin_of(1, 1), 1, ordinary, start).has_value());
}

TEST_CASE("A request that costs more draws more") {
    auto settings = unlimited();
    settings.tenant = 20;
    rate_limits limits(settings, 1);
    CHECK(how_many(100, [&] { return limits.admit_caller(admin_of(1, 1), 10, ordinary, start).has_value(); }) == 2);
}

TEST_CASE("Whoever has used up all else can still take rights away, up to the reserve") {
    auto settings = unlimited();
    settings.tenant = settings.address = 5;
    rate_limits limits(settings, 1);
    const auto who = admin_of(1, 1);
    static_cast<void>(how_many(100, [&] { return limits.admit_caller(who, 1, ordinary, start).has_value(); }));
    static_cast<void>(how_many(100, [&] { return limits.admit_address("192.0.2.1", ordinary, start).has_value(); }));
    CHECK(how_many(1000, [&] { return limits.admit_caller(who, 1, takes_rights_away, start).has_value(); }) ==
          rate_limits::reserve.burst);
    const auto above = limits.admit_address("192.0.2.1", takes_rights_away, start);
    REQUIRE(above.has_value());
    CHECK(*above == rate_limits::address_standing::above_rate);
    CHECK(how_many(1000, [&] { return limits.admit_from_address_reserve("192.0.2.1", true, start).has_value(); }) ==
          rate_limits::reserve.burst);
    CHECK_FALSE(limits.admit_caller(who, 1, ordinary, start).has_value());
}

TEST_CASE("Without the right that is asked for nobody draws on an address's reserve") {
    rate_limits limits(unlimited(), 1);
    for (int n = 0; n < 1000; ++n) {
        const auto refused = limits.admit_from_address_reserve("192.0.2.1", false, start);
        REQUIRE_FALSE(refused.has_value());
        REQUIRE(refused.error().code == errc::rate_limited);
        REQUIRE(refused.error().retry_after == 1s);
    }
    CHECK(how_many(1000, [&] { return limits.admit_from_address_reserve("192.0.2.1", true, start).has_value(); }) ==
          rate_limits::reserve.burst);
}

TEST_CASE("What a good token asks is given back to its address") {
    auto settings = unlimited();
    settings.address = 5;
    rate_limits limits(settings, 1);
    for (int n = 0; n < 100; ++n) {
        REQUIRE(limits.admit_address("2001:db8::1", ordinary, start).has_value());
        limits.give_back_address("2001:db8::1");
    }
}

TEST_CASE("Of IPv6 a /64 is one address, a /56 may four times as much, a /48 sixteen times") {
    struct row {
        const char* name;
        std::string (*address)(unsigned n);
        std::size_t passes;
    };
    const std::vector<row> rows{
        {"one /64", [](unsigned n) { return "2001:db8:0:1::" + std::to_string(n % 9000); }, 10},
        {"one /56, a /64 for each", [](unsigned n) { return "2001:db8:0:" + std::to_string(n % 99) + "::1"; }, 40},
        {"one /48, a /56 for each", [](unsigned n) { return "2001:db8:0:" + std::to_string(n % 99) + "00::1"; }, 160},
        {"a /48 for each", [](unsigned n) { return "2001:db8:" + std::to_string(n % 9000) + "::1"; }, 1000},
        {"IPv4", [](unsigned n) { return "192.0.2." + std::to_string(n % 1); }, 10},
        {"loopback is exempt", [](unsigned) { return std::string("127.0.0.1"); }, 1000},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto settings = unlimited();
        settings.address = 10;
        rate_limits limits(settings, 1);
        std::size_t passed = 0;
        for (unsigned n = 0; n < 1000; ++n) passed += limits.admit_address(r.address(n), ordinary, start) ? 1 : 0;
        CHECK(passed == r.passes);
    }
}

TEST_CASE("A lifted tenant has no limits of its own; its dead tokens have") {
    auto settings = unlimited();
    settings.token = settings.app = settings.tenant = settings.sts = settings.dead_tokens = 5;
    settings.lifted_tenants = {"t1"};
    rate_limits limits(settings, 1);
    CHECK(how_many(100, [&] {
              return limits.admit_caller(app_caller(1, "web", 1), 1, ordinary, start) &&
                     limits.admit_session(app_caller(1, "web", 1), start);
          }) == 100);
    CHECK(how_many(100, [&] { return limits.admit_caller(app_caller(2, "web", 2), 1, ordinary, start).has_value(); }) ==
          5);
    CHECK(how_many(100, [&] { return limits.admit_dead_token(dead(1, 9), start).has_value(); }) == 5);
}

TEST_CASE("An operator's tokens are limited one by one") {
    auto settings = unlimited();
    settings.token = settings.tenant = 5;
    rate_limits limits(settings, 1);
    model::principal one{.id = id(1), .role = model::role::operator_, .tenant_id = {}, .tenant = {}, .app = {}};
    auto other = one;
    other.id = id(2);
    CHECK(how_many(100, [&] { return limits.admit_caller(one, 1, ordinary, start).has_value(); }) == 5);
    CHECK(limits.admit_caller(other, 1, ordinary, start).has_value());
}

}  // namespace
}  // namespace hourkey::policy
