// What somebody who can write the file can do about server keys: nothing that opens.

#include "tampering.hpp"
#include "temporary_store.hpp"

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

/// Two keys, the second active, with records of both; closed.
struct rotated_store : test::temporary_store {
    rotated_store() {
        open();
        must(append({}, "1"));
        add_key(2);
        rotate_to(2);
        must(append({}, "2"));
        close();
    }
    errc open_after(const std::string& sql) {
        test::run_without_triggers(path, sql);
        return code_of(store::sqlite_database::open(settings()));
    }
};

}  // namespace

TEST_CASE("A key that was replaced is not put back") {
    struct row {
        const char* name;
        const char* sql;
    };
    const row rows[] = {
        {"the states are swapped",
         "UPDATE server_keys SET state = 'retired' WHERE id = 2; UPDATE server_keys SET state = 'active' WHERE id = 1; "
         "UPDATE server_keys SET state = 'old' WHERE id = 2"},
        {"the newer one is retired",
         "UPDATE server_keys SET state = 'retired' WHERE id = 2; UPDATE server_keys SET state = 'active' WHERE id = 1"},
        {"the newer one is gone",
         "DELETE FROM server_keys WHERE id = 2; UPDATE server_keys SET state = 'active' WHERE id = 1"},
        {"none is active", "UPDATE server_keys SET state = 'old'"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        rotated_store s;
        CHECK(s.open_after(r.sql) == errc::store_corrupt);
    }
    rotated_store untouched;
    CHECK(untouched.open_after("") == errc{});
}

TEST_CASE("A trail that was made under a key that is retired by now does not open") {
    rotated_store s;
    auto settings = s.settings();
    const auto living = test::ring_of("audit key 2", 2);
    const auto strict = std::make_shared<audit::chain>(s.audit_ring, living);
    settings.sealer.seal_head = [strict](const auto& head) { return strict->seal_head(head); };
    CHECK(store::sqlite_database::open(settings).has_value());
    model::sealed_audit_head forged;
    {
        const auto db = must(store::sqlite_database::open(s.settings()));
        forged.seq = 1;
        forged.hash = must(must(db->open_reader())->read_chain(0, 1)).records.at(0).hash;
        forged.key = 1;
        forged.seal = s.chain->seal_head(forged).value();
    }
    const auto hex = [](const model::audit_hash& h) { return "x'" + to_hex(h) + "'"; };
    test::run_without_triggers(s.path,
                               "DELETE FROM audit WHERE seq > 1; UPDATE audit_writers SET seq = 1, key = 1, hash = " +
                                   hex(forged.hash) + ", seal = " + hex(forged.seal));
    CHECK(code_of(store::sqlite_database::open(settings)) == errc::store_corrupt);
}
