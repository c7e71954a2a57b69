// Server keys as the store knows them: which is active, what still needs another, and when one may go.

#include "conformance/store/engine.hpp"

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

using state = model::server_key_state;

/// A store of two keys, the second not yet the active one, with rows of every kind under the first.
struct keyed_store : test::open_store {
    model::tenant acme = s.add_tenant("acme");
    model::token token;

    keyed_store() {
        for (int i = 0; i < 5; ++i) {
            const auto app = s.add_app(acme, "app-" + std::to_string(i));
            const auto connection = s.add_connection(acme, "prod-" + std::to_string(i));
            s.add_grant(connection, app.name);
            s.add_grant(connection, {});
            token = s.add_token(model::role::app, acme, app.name);
        }
        s.add_key(2);
    }

    model::server_key key(std::uint8_t id) { return must(s.reader()->list_keys(s.clock.now())).at(id - 1U); }
    errc rotate(std::uint8_t id, const model::audit_hash& check) {
        return code_of(s.write<void>([&](store::transaction& tx) { return tx.rotate_key(id, check); }));
    }
    errc retire(std::uint8_t id) {
        return code_of(s.write<void>([&](store::transaction& tx) { return tx.retire_key(id); }));
    }
    std::uint8_t key_of_next_record() {
        must(s.append({}, "r"));
        const auto seq = must(s.reader()->read_head()).seq;
        return must(s.reader()->read_chain(seq - 1, 1)).records.at(0).key;
    }
    store::reseal_step reseal_all(std::size_t step = 200) {
        store::reseal_step all;
        std::optional<store::reseal_place> at = store::reseal_place{};
        while (at) {
            const auto done = must(s.write<store::reseal_step>([&](auto& tx) { return tx.reseal(*at, step); }));
            CHECK(done.resealed + done.broken <= step);
            all.resealed += done.resealed;
            all.broken += done.broken;
            at = done.next;
        }
        return all;
    }
};

}  // namespace

TEST_CASE("A new store has one key, the active one, and counts what stands under it") {
    keyed_store k;
    REQUIRE(must(k.s.reader()->list_keys(k.s.clock.now())).size() == 1);
    CHECK(k.key(1).state == state::active);
    CHECK(k.key(1).living_tokens == 5);
    CHECK(k.key(1).sealed_rows == 20);
}

TEST_CASE("What is made after a rotation's commit is made with the new key, whoever asked for the rotation") {
    keyed_store k;
    CHECK(k.key_of_next_record() == 1);
    k.s.rotate_to(2);
    CHECK(k.key(1).state == state::old);
    CHECK(k.key(2).state == state::active);
    CHECK(k.key_of_next_record() == 2);
    k.s.add_connection(k.acme, "staging");
    CHECK(k.key(2).sealed_rows == 1);
    k.s.close();
    k.s.open();
    CHECK(k.key_of_next_record() == 2);
}

TEST_CASE("A rotation that is undone changes nothing") {
    keyed_store k;
    must(k.s.write<void>([](store::transaction& tx) -> result<> {
                static_cast<void>(tx.rotate_key(2, test::tested_store::check_of(2)));
                return failure(errc::in_use);
            }).has_error()
             ? result<>()
             : result<>(failure(errc::internal)));
    CHECK(k.key(1).state == state::active);
    CHECK(k.key_of_next_record() == 1);
}

TEST_CASE("A rotation to the active key says that it is, and one to a key of before is refused") {
    keyed_store k;
    CHECK(k.rotate(1, k.s.check_of(1)) == errc::already_exists);
    CHECK(k.rotate(1, k.s.check_of(2)) == errc::internal);
    k.s.rotate_to(2);
    CHECK(k.rotate(2, k.s.check_of(2)) == errc::already_exists);
    CHECK(k.rotate(1, k.s.check_of(1)) == errc::internal);
    CHECK(k.key(2).state == state::active);
}

TEST_CASE("Rows are sealed anew in steps of whatever size, once each, and are good under the old key and the new") {
    for (const std::size_t step : {1U, 3U, 5U, 200U}) {
        CAPTURE(step);
        keyed_store k;
        k.s.rotate_to(2);
        CHECK(k.key(1).sealed_rows == 20);
        CHECK(must(k.s.reader()->find_token(k.token.id)).has_value());
        CHECK(k.reseal_all(step).resealed == 20);
        CHECK(k.key(1).sealed_rows == 0);
        CHECK(k.key(2).sealed_rows == 20);
        CHECK(k.reseal_all(step).resealed == 0);
        CHECK(must(k.s.reader()->find_token(k.token.id))->key == 1);
    }
}

TEST_CASE("A key is retired only when it is old, and no living token and no row is under it") {
    keyed_store k;
    k.s.rotate_to(2);
    CHECK(k.retire(3) == errc::not_found);
    CHECK(k.retire(2) == errc::in_use);
    CHECK(k.retire(1) == errc::in_use);
    k.reseal_all();
    CHECK(k.retire(1) == errc::in_use);
    k.s.clock.move(std::chrono::hours(24 * 91));  // its tokens have expired
    CHECK(k.retire(1) == errc{});
    CHECK(k.retire(1) == errc::already_exists);
    CHECK(k.key(1).state == state::retired);
    CHECK_FALSE(test::verify(*k.s.reader(), *k.s.chain).first);
}
