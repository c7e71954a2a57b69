#include "store_sqlite/open_connection.hpp"
#include "temporary_store.hpp"

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

/// A store of two keys, the second not yet the active one, with rows of every kind under the first.
struct rotated_store {
    test::temporary_store s;
    std::shared_ptr<crypto::mac_keys> ring = test::ring_of("first");
    std::optional<model::tenant> acme;
    model::token token;

    rotated_store() {
        s.row_keys = std::make_shared<store::row_keys>(ring);
        s.open();
        acme = s.add_tenant("acme");
        for (int i = 0; i < 5; ++i) {
            const auto app = s.add_app(*acme, "app-" + std::to_string(i));
            const auto connection = s.add_connection(*acme, "prod-" + std::to_string(i));
            s.add_grant(connection, app.name);
            s.add_grant(connection, {});
            token = s.add_token(model::role::app, acme, app.name);
        }
        ring->add(2, secret("second"));
        must(s.write<void>([&](store::transaction& tx) { return tx.rotate_key(2, {}); }));
    }

    std::vector<model::server_key> keys() { return must(s.reader()->list_keys(s.clock.now())); }
    store::reseal_step reseal_all(std::size_t step) {
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

TEST_CASE("Rows are sealed anew in steps of whatever size, once each, and are good under the old key and the new") {
    for (const std::size_t step : {1U, 3U, 5U, 200U}) {
        CAPTURE(step);
        rotated_store r;
        CHECK(r.keys().at(0).sealed_rows == 20);
        CHECK(r.keys().at(0).living_tokens == 5);
        CHECK(must(r.s.reader()->find_token(r.token.id)).has_value());
        CHECK(r.reseal_all(step).resealed == 20);
        CHECK(r.keys().at(0).sealed_rows == 0);
        CHECK(r.keys().at(1).sealed_rows == 20);
        CHECK(r.reseal_all(step).resealed == 0);
        CHECK(must(r.s.reader()->find_token(r.token.id))->key == 1);
    }
}

TEST_CASE("A row whose seal fits no key stays as it is, and is counted") {
    rotated_store r;
    r.s.close();
    {
        const auto db = must(store::open_for_writing(r.s.path));
        must(db->execute("UPDATE grants SET reason = 'a stranger''s' WHERE connection = 'prod-2' AND app = '*'"));
    }
    r.s.open();
    const auto done = r.reseal_all(200);
    CHECK(done.resealed == 19);
    CHECK(done.broken == 1);
    CHECK(r.keys().at(0).sealed_rows == 1);
}

TEST_CASE("A key is retired only when it is old, and no living token and no row is under it") {
    rotated_store r;
    const auto retire = [&](std::uint8_t id) {
        return code_of(r.s.write<void>([&](store::transaction& tx) { return tx.retire_key(id); }));
    };
    CHECK(retire(3) == errc::not_found);
    CHECK(retire(2) == errc::in_use);
    CHECK(retire(1) == errc::in_use);
    r.reseal_all(200);
    CHECK(retire(1) == errc::in_use);
    r.s.clock.move(std::chrono::hours(24 * 91));  // its tokens have expired
    CHECK(retire(1) == errc{});
    CHECK(retire(1) == errc::already_exists);
    CHECK(r.keys().at(0).state == model::server_key_state::retired);
}
