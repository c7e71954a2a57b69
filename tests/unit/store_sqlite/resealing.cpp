// Rows that something else has written stay as they are, and keep no key from being retired.

#include "tampering.hpp"
#include "temporary_store.hpp"

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

/// A store whose second key is the active one, with a connection, a grant and a token under the first.
struct rotated_store {
    test::temporary_store s;

    rotated_store() {
        s.open();
        const auto acme = s.add_tenant("acme");
        const auto web = s.add_app(acme, "web");
        s.add_grant(s.add_connection(acme, "prod"), web.name);
        s.add_token(model::role::app, acme, web.name);
        s.add_key(2);
        s.rotate_to(2);
        s.clock.move(std::chrono::hours(24 * 91));  // the token has expired
    }

    void tamper(const std::string& sql) {
        s.close();
        test::run_without_triggers(s.path, sql);
        s.open();
    }
    std::uint64_t sealed_rows() { return must(s.reader()->list_keys(s.clock.now())).at(0).sealed_rows; }
};

}  // namespace

TEST_CASE("A row that something else has written stays as it is, is counted, and keeps no key") {
    struct row {
        const char* name;
        const char* sql;
    };
    const row rows[] = {
        {"a grant that says something else", "UPDATE grants SET reason = 'x'"},
        {"a connection that says something else", "UPDATE connections SET region = 'eu-west-1'"},
        {"a token that says something else", "UPDATE tokens SET expires_at = expires_at + 1"},
        {"a token made to live on", "UPDATE tokens SET expires_at = expires_at * 2"},
        {"a seal that is none", "UPDATE tokens SET seal = CAST(x'01' || zeroblob(32) AS BLOB)"},
        {"a seal of another length", "UPDATE connections SET seal = x'0101'"},
        {"a role that there is not", "UPDATE tokens SET role = 'king'"},
        {"a state that there is not", "UPDATE connections SET state = 'x'"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        rotated_store broken;
        broken.tamper(r.sql);
        CHECK(broken.sealed_rows() == 2);
        CHECK(code_of(broken.s.write<void>([](store::transaction& tx) { return tx.retire_key(1); })) == errc::in_use);
        std::optional<store::reseal_place> at = store::reseal_place{};
        store::reseal_step all;
        while (at) {
            const auto done = must(broken.s.write<store::reseal_step>([&](auto& tx) { return tx.reseal(*at, 1); }));
            all.resealed += done.resealed;
            all.broken += done.broken;
            at = done.next;
        }
        CHECK(all.resealed == 2);
        CHECK(all.broken == 1);
        CHECK(broken.sealed_rows() == 0);
        CHECK(code_of(broken.s.write<void>([](store::transaction& tx) { return tx.retire_key(1); })) == errc{});
    }
}
