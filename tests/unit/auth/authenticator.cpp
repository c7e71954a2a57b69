#include "auth/authenticator.hpp"

#include "support/mac_keys.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

using namespace hourkey;

namespace {

constexpr wall_time now{std::chrono::seconds(1'800'000'000)};

struct issued {
    std::shared_ptr<crypto::mac_keys> keys = test::ring_of("the token key of this test");
    auth::authenticator door{keys};
    std::map<ulid, model::token> shelf;
    int questions = 0;
    std::string text;
    model::token* stored = nullptr;

    issued() {
        const auto made = auth::make_token(model::role::app, now);
        text = made.text.expose();
        model::token t;
        t.id = made.id;
        t.role = model::role::app;
        t.tenant_id = auth::make_token(model::role::app, now).id;
        t.tenant = *tenant_name::parse("acme");
        t.app = *app_name::parse("web");
        const auto named = door.mac(text);
        t.key = named.key;
        t.mac = named.mac;
        t.created_at = now;
        t.expires_at = now + std::chrono::hours(1);
        stored = &shelf.emplace(t.id, t).first->second;
    }
    auth::authenticator::outcome ask(wall_time at = now) { return ask_with(door, at); }
    auth::authenticator::outcome ask_with(const auth::authenticator& whom, wall_time at = now) {
        const auto given = whom.present(text);
        if (!given) return {.caller = given.error()};
        ++questions;
        const auto found = shelf.find(given->id);
        return whom.check(*given, found == shelf.end() ? std::nullopt : std::optional(found->second), at);
    }
};

}  // namespace

TEST_CASE("A good token names its caller") {
    issued i;
    const auto outcome = i.ask();
    REQUIRE(outcome.caller.has_value());
    CHECK(outcome.caller->id == i.stored->id);
    CHECK(outcome.caller->role == model::role::app);
    CHECK(outcome.caller->tenant_id == i.stored->tenant_id);
    CHECK(outcome.caller->tenant->str() == "acme");
    CHECK(outcome.caller->app->str() == "web");
    CHECK(outcome.is_known);
}

TEST_CASE("A token that is not good is refused, always with the same answer") {
    struct row {
        const char* name;
        std::function<void(issued&)> spoil;
        bool is_known;
    };
    const row rows[] = {
        {"unknown id", [](issued& i) { i.shelf.clear(); }, false},
        {"wrong secret", [](issued& i) { i.stored->mac[0] ^= 1U; }, false},
        {"wrong secret in the last bit", [](issued& i) { i.stored->mac[31] ^= 1U; }, false},
        {"mac of all zeros", [](issued& i) { i.stored->mac = {}; }, false},
        {"role changed in the store", [](issued& i) { i.stored->role = model::role::admin; }, false},
        {"expired", [](issued& i) { i.stored->expires_at = now; }, true},
        {"revoked", [](issued& i) { i.stored->revoked_at = now; }, true},
        {"bad checksum", [](issued& i) { i.text.back() = i.text.back() == '0' ? '1' : '0'; }, false},
        {"bad shape", [](issued& i) { i.text = "nonsense"; }, false},
        {"empty", [](issued& i) { i.text.clear(); }, false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        issued i;
        r.spoil(i);
        const auto outcome = i.ask();
        REQUIRE(outcome.caller.has_error());
        const auto& f = outcome.caller.error();
        CHECK(f.code == errc::unauthenticated);
        CHECK(f.message == "");
        CHECK(f.hint ==
              "Send a valid token in the Authorization header as `Bearer hk_...`; an admin can make a new one.");
        CHECK(f.cause != "");
        CHECK_FALSE(outcome.wants_touch);
        CHECK(outcome.is_known == r.is_known);
    }
}

TEST_CASE("A bad shape or checksum never reaches the store") {
    issued i;
    const auto good = i.text;
    for (std::size_t at = 0; at < good.size(); ++at) {
        i.text = good;
        i.text[at] = i.text[at] == 'x' ? 'y' : 'x';
        CHECK(i.ask().caller.has_error());
    }
    CHECK(i.questions == 0);
    i.text = good;
    CHECK(i.ask().caller.has_value());
    CHECK(i.questions == 1);
}

TEST_CASE("A token of another server key is refused") {
    issued i;
    const auth::authenticator other(test::ring_of("another key"));
    CHECK(i.ask_with(other).caller.has_error());
}

TEST_CASE("A print stands for the MAC of its own token alone, and for nothing else of it") {
    struct row {
        const char* name;
        std::function<void(issued&)> change;
        bool is_good;
    };
    const row rows[] = {
        {"nothing", [](issued&) {}, true},
        {"the MAC, which is not asked for", [](issued& i) { i.stored->mac = {}; }, true},
        {"the key was retired", [](issued& i) { i.keys->remove(i.stored->key); }, false},
        {"role", [](issued& i) { i.stored->role = model::role::admin; }, false},
        {"expired", [](issued& i) { i.stored->expires_at = now; }, false},
        {"revoked", [](issued& i) { i.stored->revoked_at = now; }, false},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        issued i;
        const auto given = *auth::authenticator::present(i.text);
        const auto print = auth::print_of(given);
        i.keys->add(9, secret("the key that is active when another is retired"));
        r.change(i);
        CHECK(i.door.check(given, *i.stored, now, crypto::as_text(print)).caller.has_value() == r.is_good);
    }

    issued i;
    const auto made = auth::make_token(model::role::app, now);
    const auto other = auth::print_of(*auth::authenticator::present(made.text.expose()));
    const auto given = *auth::authenticator::present(i.text);
    CHECK(i.door.check(given, *i.stored, now, crypto::as_text(other)).caller.has_value());  // then the MAC says it
    i.stored->mac[0] ^= 1U;
    CHECK_FALSE(i.door.check(given, *i.stored, now, crypto::as_text(other)).caller.has_value());
    CHECK_FALSE(i.door.check(given, *i.stored, now, "").caller.has_value());
    const auto own = auth::print_of(given);
    CHECK_FALSE(i.door.check(given, std::nullopt, now, crypto::as_text(own)).caller.has_value());
}

TEST_CASE("Last use is asked to be written once in its grain") {
    issued i;
    CHECK(i.ask().wants_touch);
    i.stored->last_used_at = now;
    CHECK_FALSE(i.ask(now + auth::authenticator::last_used_grain - std::chrono::seconds(1)).wants_touch);
    CHECK(i.ask(now + auth::authenticator::last_used_grain).wants_touch);
}

TEST_CASE("A token lives until the moment before its expiry") {
    issued i;
    CHECK(i.ask(i.stored->expires_at - std::chrono::nanoseconds(1)).caller.has_value());
    CHECK(i.ask(i.stored->expires_at).caller.has_error());
}

TEST_CASE("The credential is found in either header, and two different ones are refused") {
    using text = std::optional<std::string_view>;
    struct row {
        const char* name;
        text authorization, vault;
        text found;  // none: refused
    };
    const row rows[] = {
        {"Bearer", "Bearer T", {}, "T"},
        {"bearer", "bearer T", {}, "T"},
        {"BEARER", "BEARER T", {}, "T"},
        {"bare", "T", {}, "T"},
        {"vault", {}, "T", "T"},
        {"the same twice", "Bearer T", "T", "T"},
        {"two different", "Bearer T", "U", {}},
        {"none", {}, {}, {}},
        {"empty", "", {}, {}},
        {"scheme alone", "Bearer ", {}, {}},
        {"another scheme", "Basic dXNlcjpwYXNz", {}, {}},
        {"two spaces", "Bearer  T", {}, "T"},
        {"many spaces", "bearer     T", {}, "T"},
        {"spaces alone", "Bearer    ", {}, {}},
        {"a tab", "Bearer\tT", {}, {}},
        {"a tab behind a space", "Bearer \tT", {}, {}},
        {"a space behind the token", "Bearer T ", {}, {}},
        {"two tokens", "Bearer T, Bearer U", {}, {}},
        {"empty vault header", "Bearer T", "", {}},
        {"bad header beside a good one", "Basic x y", "T", {}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto found = auth::find_credential(r.authorization, r.vault);
        CHECK(found.has_value() == r.found.has_value());
        if (found && r.found) CHECK(*found == *r.found);
        if (!found) CHECK(found.error().code == errc::unauthenticated);
    }
}

TEST_CASE("A token is held to the key that it was made under, whichever is active now") {
    issued i;
    i.keys->add(2, secret("the next key"));
    CHECK(i.door.mac(i.text).key == 2);
    CHECK(i.ask().caller.has_value());
    i.stored->key = 2;
    CHECK_FALSE(i.ask().caller.has_value());
    i.stored->key = 1;
    i.keys->remove(1);
    CHECK_FALSE(i.ask().caller.has_value());
}
