#include "auth/authenticator.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

using namespace hourkey;

namespace {

constexpr wall_time now{std::chrono::seconds(1'800'000'000)};

failure not_offered() { return failure(errc::internal, {}, {}, "an authenticator has no business here"); }

/// Knows tokens by id, counts the questions, and offers nothing else.
class token_shelf final : public store::reader {
public:
    std::map<ulid, model::token> tokens;
    int questions = 0;
    bool is_broken = false;

    result<std::optional<model::token>> find_token(const ulid& id) override {
        ++questions;
        if (is_broken) return failure(errc::store_unavailable);
        const auto found = tokens.find(id);
        return found == tokens.end() ? std::optional<model::token>() : std::optional(found->second);
    }
    result<store::vend_facts> find_vend_facts(const ulid&, const app_name&, const connection_name&) override { return not_offered(); }
    result<std::optional<model::tenant>> find_tenant(const tenant_name&) override { return not_offered(); }
    result<store::page<model::tenant>> list_tenants(const store::page_request&) override { return not_offered(); }
    result<std::optional<model::app>> find_app(const ulid&, const app_name&) override { return not_offered(); }
    result<store::page<model::app>> list_apps(const ulid&, const store::page_request&) override { return not_offered(); }
    result<std::optional<model::connection>> find_connection(const ulid&, const connection_name&) override { return not_offered(); }
    result<store::page<model::connection>> list_connections(const ulid&, const store::page_request&) override { return not_offered(); }
    result<std::optional<model::grant>> find_grant(const ulid&, const connection_name&, const std::optional<app_name>&) override { return not_offered(); }
    result<store::page<model::grant>> list_grants(const ulid&, const connection_name&, const store::page_request&) override { return not_offered(); }
    result<std::optional<model::token>> find_tenant_token(const ulid&, const ulid&) override { return not_offered(); }
    result<store::page<model::token>> list_tokens(const ulid&, const store::page_request&) override { return not_offered(); }
    result<store::page<model::audit_record>> list_audit(const ulid&, const store::page_request&) override { return not_offered(); }
    result<model::audit_run> read_chain(std::uint64_t, std::size_t) override { return not_offered(); }
    result<model::state_page> read_state(model::state_table, const model::state_row*, std::size_t) override { return not_offered(); }
    result<head> read_head() override { return not_offered(); }
};

struct issued {
    auth::authenticator door{secret("the token key of this test")};
    token_shelf shelf;
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
        t.mac = door.mac(text);
        t.created_at = now;
        t.expires_at = now + std::chrono::hours(1);
        stored = &shelf.tokens.emplace(t.id, t).first->second;
    }
    auth::authenticator::outcome ask(wall_time at = now) { return door.authenticate(shelf, text, at); }
};

}  // namespace

TEST_CASE("A good token names its caller") {
    issued i;
    const auto outcome = i.ask();
    REQUIRE(outcome.caller.has_value());
    CHECK(outcome.caller->token_id == i.stored->id);
    CHECK(outcome.caller->role == model::role::app);
    CHECK(outcome.caller->tenant_id == i.stored->tenant_id);
    CHECK(outcome.caller->tenant->str() == "acme");
    CHECK(outcome.caller->app->str() == "web");
    CHECK(outcome.known.has_value());
}

TEST_CASE("A token that is not good is refused, always with the same answer") {
    struct row {
        const char* name;
        std::function<void(issued&)> spoil;
        bool is_known;
    };
    const row rows[] = {
        {"unknown id", [](issued& i) { i.shelf.tokens.clear(); }, false},
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
        CHECK(f.hint == "Send a valid token in the Authorization header as `Bearer hk_...`; an admin can make a new one.");
        CHECK(f.cause != "");
        CHECK_FALSE(outcome.wants_touch);
        CHECK(outcome.known.has_value() == r.is_known);
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
    CHECK(i.shelf.questions == 0);
    i.text = good;
    CHECK(i.ask().caller.has_value());
    CHECK(i.shelf.questions == 1);
}

TEST_CASE("A token of another server key is refused") {
    issued i;
    const auth::authenticator other(secret("another key"));
    CHECK(other.authenticate(i.shelf, i.text, now).caller.has_error());
}

TEST_CASE("A store that does not answer is not taken for a bad token") {
    issued i;
    i.shelf.is_broken = true;
    CHECK(i.ask().caller.error().code == errc::store_unavailable);
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
