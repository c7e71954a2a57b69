#include "vending/held_vends.hpp"

#include <doctest/doctest.h>

#include <string>

namespace hourkey::vending {
namespace {

using namespace std::chrono_literals;

const steady_time start{1h};

ulid id_of(std::size_t n) {
    auto text = std::to_string(n);
    text.insert(0, ulid::text_size - text.size(), '0');
    return *ulid::parse(text);
}

held_vends::key key_of(std::size_t tenant, std::size_t token) {
    return {.tenant = id_of(tenant), .token = id_of(token), .connection = *connection_name::parse("prod")};
}

held_vend triple(const std::string& name, std::chrono::nanoseconds life = 3600s) {
    const auto role = *aws::role_arn::parse("arn:aws:iam::123456789012:role/deploy");
    held_vend out{.what = {.session = {}, .role_arn = role, .session_name = {}},
                  .approval = {.duration = 3600s,
                               .role_arn = role,
                               .external_id = *aws::external_id::parse("hk-1"),
                               .region = {}},
                  .rests_on = {.connection = 1, .app_grant = 2, .any_grant = 0}};
    out.what.session.access_key_id = name;
    out.what.session.secret_access_key = secret("secret of " + name);
    out.what.session.life = life;
    return out;
}

bool has(held_vends& in, const held_vends::key& k, steady_time now = start) { return in.find(k, now).has_value(); }

TEST_CASE("a token's last triple of a connection is found for a minute") {
    held_vends held;
    held.put(key_of(1, 1), triple("first"), start);
    held.put(key_of(1, 1), triple("second"), start);
    CHECK(held.size() == 1);
    const auto found = held.find(key_of(1, 1), start + held_vends::kept_for - 1ns);
    REQUIRE(found);
    CHECK(found->what.session.access_key_id == "second");
    CHECK(found->what.session.secret_access_key.expose() == "secret of second");
    CHECK_FALSE(has(held, key_of(1, 1), start + held_vends::kept_for));
    CHECK_FALSE(has(held, key_of(1, 2)));
    CHECK_FALSE(has(held, key_of(2, 1)));
    auto other = key_of(1, 1);
    other.connection = *connection_name::parse("other");
    CHECK_FALSE(has(held, other));
}

TEST_CASE("what nobody asks for any more goes when its minute is over") {
    held_vends held;
    held.put(key_of(1, 1), triple("first"), start);
    held.put(key_of(1, 2), triple("second"), start + 1s);
    held.drop_ended(start + held_vends::kept_for - 1ns);
    CHECK(held.size() == 2);
    held.drop_ended(start + held_vends::kept_for);
    CHECK(held.size() == 1);
    held.drop_ended(start + held_vends::kept_for + 1s);
    CHECK(held.size() == 0);
}

TEST_CASE("one of many asks for what is not held, and the others may when it has ended") {
    using standing = held_vends::standing;
    held_vends held;
    std::optional<held_vends::claim> first, second, other;
    CHECK(held.look(key_of(1, 1), start, first) == standing::claimed);
    CHECK(held.look(key_of(1, 1), start, second) == standing::busy);
    CHECK_FALSE(second);
    CHECK(held.look(key_of(1, 2), start, other) == standing::claimed);
    std::optional<held_vends::claim> moved(std::move(first));
    first.reset();
    CHECK(held.look(key_of(1, 1), start, second) == standing::busy);
    moved.reset();
    CHECK(held.look(key_of(1, 1), start, second) == standing::claimed);
    held.put(key_of(1, 1), triple("x"), start);
    CHECK(held.look(key_of(1, 1), start, first) == standing::has);
    CHECK(held.look(key_of(1, 1), start + held_vends::kept_for, first) == standing::busy);
}

TEST_CASE("a session that lives short is held for half of its life") {
    held_vends held;
    held.put(key_of(1, 1), triple("short", 6s), start);
    CHECK(has(held, key_of(1, 1), start + 3s - 1ns));
    CHECK_FALSE(has(held, key_of(1, 1), start + 3s));
}

TEST_CASE("a tenant that holds its share gives up its own oldest") {
    held_vends held;
    held.put(key_of(2, 1), triple("another's"), start);
    for (std::size_t i = 0; i <= held_vends::most_of_tenant; ++i) held.put(key_of(1, i), triple("x"), start);
    CHECK(held.size() == held_vends::most_of_tenant + 1);
    CHECK_FALSE(has(held, key_of(1, 0)));
    CHECK(has(held, key_of(1, 1)));
    CHECK(has(held, key_of(2, 1)));
}

TEST_CASE("when all places are taken whoever holds most gives up its oldest") {
    held_vends held;
    constexpr auto tenants = held_vends::most / held_vends::most_of_tenant;
    for (std::size_t t = 1; t <= tenants; ++t)
        for (std::size_t i = 0; i + (t == 2 ? 0 : 1) < held_vends::most_of_tenant; ++i)
            held.put(key_of(t, i), triple("x"), start);
    while (held.size() < held_vends::most) held.put(key_of(100 + held.size(), 1), triple("x"), start);
    held.put(key_of(99, 1), triple("newcomer"), start);
    CHECK(held.size() == held_vends::most);
    CHECK(has(held, key_of(99, 1)));
    CHECK_FALSE(has(held, key_of(2, 0)));
    CHECK(has(held, key_of(1, 0)));
}

TEST_CASE("what a vend rests on is told apart by revisions") {
    model::vend_facts facts;
    CHECK(revisions_of(facts) == authorisation_revisions{});
    facts.any_grant = model::grant{.tenant_id = {},
                                   .connection = *connection_name::parse("prod"),
                                   .app = {},
                                   .max_duration = {},
                                   .expires_at = {},
                                   .reason = {},
                                   .created_at = {},
                                   .revision = 7};
    CHECK(revisions_of(facts) == authorisation_revisions{.connection = 0, .app_grant = 0, .any_grant = 7});
}

}  // namespace
}  // namespace hourkey::vending
