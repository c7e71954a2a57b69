#include "store/migrations.hpp"

#include "faulty_disk.hpp"
#include "store/open_connection.hpp"
#include "store/schema_file.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

#include <vector>

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

store::installation first_installation(test::temporary_store& s) {
    const auto settings = s.settings();
    return {settings.key_check, s.chain->seal_head(0, {}), s.clock.now()};
}

/// The schema of today and a next one that makes `sql`.
std::vector<store::migration> with_next(const char* sql) {
    const auto all = store::all_migrations();
    std::vector<store::migration> out(all.begin(), all.end());
    out.push_back({all.back().version + 1, "next", sql});
    return out;
}

std::int64_t version_of(const std::string& path) {
    const auto db = must(store::open_for_reading(path));
    return must(store::read_integer(*db, "PRAGMA user_version"));
}

}  // namespace

TEST_CASE("Migrations are numbered from 1 without gaps") {
    int expected = 1;
    for (const auto& m : store::all_migrations()) CHECK(m.version == expected++);
    CHECK(expected > 1);
}

TEST_CASE("An older schema is copied, then migrated, and keeps its rows") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    s.close();
    const auto old_version = version_of(s.path);
    const auto next = with_next("CREATE TABLE bindings (id INTEGER PRIMARY KEY) STRICT");
    must(store::prepare_file(s.path, next, first_installation(s)));
    CHECK(version_of(s.path) == old_version + 1);

    const auto copy = s.path + ".schema-" + std::to_string(old_version);
    CHECK(version_of(copy) == old_version);
    CHECK(must(must(store::open_read_only(copy))->find_tenant(t.name))->id == t.id);
    // The migrated file is too new for the program of before, whose copy it still has.
    CHECK(code_of(store::database::open(s.settings())) == errc::schema_too_new);
    const auto db = must(store::open_for_reading(s.path));
    CHECK(must(store::read_integer(*db, "SELECT count(*) FROM tenants")) == 1);
    CHECK(must(store::read_integer(*db, "SELECT count(*) FROM bindings")) == 0);
}

TEST_CASE("A migration that fails leaves the old schema working") {
    struct row {
        const char* name;
        const char* sql;
    };
    const row rows[] = {
        {"a statement that is wrong", "CREATE TABLE bindings (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE nothing ADD COLUMN x INTEGER"},
        {"a table that exists", "DROP INDEX grants_by_app; CREATE TABLE tenants (id INTEGER) STRICT"},
        {"an orphan left behind", "PRAGMA defer_foreign_keys = ON; DELETE FROM tenants"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        test::temporary_store s;
        s.open();
        const auto t = s.add_tenant("acme");
        s.add_app(t, "web");
        s.close();
        const auto next = with_next(r.sql);
        CHECK_FALSE(store::prepare_file(s.path, next, first_installation(s)).has_value());
        s.open();
        CHECK(must(s.reader()->find_tenant(t.name))->id == t.id);
        must(s.append(t.id, "r"));
    }
}

TEST_CASE("A disk that fails at any write or sync of a migration leaves the old schema or the new, whole") {
    const auto next = with_next(
        "CREATE TABLE bindings (id INTEGER PRIMARY KEY, name TEXT) STRICT; CREATE INDEX bindings_by_name ON bindings (name);"
        "INSERT INTO bindings (name) SELECT name FROM tenants");
    int failures = 0;
    for (const auto call : {test::disk_call::write, test::disk_call::sync}) {
        const bool writing = call == test::disk_call::write;
        for (int n = 1;; ++n) {
            CAPTURE(writing);
            CAPTURE(n);
            test::temporary_store s;
            s.open();
            const auto t = s.add_tenant("acme");
            s.close();
            const auto old_version = version_of(s.path);
            test::break_disk(call, n, 1, writing ? SQLITE_FULL : SQLITE_IOERR_FSYNC, writing ? "-wal" : "");
            const auto migrated = store::prepare_file(s.path, next, first_installation(s));
            const bool was_hit = test::disk_failures() > 0;
            test::mend_disk();
            if (!was_hit) {
                CHECK(migrated.has_value());
                break;
            }
            ++failures;
            const auto version = version_of(s.path);
            CHECK((version == old_version || version == old_version + 1));
            if (migrated) CHECK(version == old_version + 1);
            must(store::prepare_file(s.path, next, first_installation(s)));
            CHECK(version_of(s.path) == old_version + 1);
            const auto db = must(store::open_for_reading(s.path));
            CHECK(store::check_integrity(*db, store::integrity::thorough).has_value());
            CHECK(must(store::read_integer(*db, "SELECT count(*) FROM bindings")) == 1);
        }
    }
    CHECK(failures > 5);  // or the faults were not where the migration is
}
