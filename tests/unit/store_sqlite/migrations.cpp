#include "store_sqlite/migrations.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "faulty_disk.hpp"
#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/schema_file.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

store::installation first_installation(test::temporary_store& s) {
    const auto settings = s.settings();
    return {settings.keys, settings.sealer.seal_head, s.clock.now()};
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

std::vector<std::string> texts_of(store::sqlite_handle& db, const std::string& sql) {
    store::statement select(db, sql.c_str());
    store::query q(select);
    std::vector<std::string> all;
    while (must(q.next())) all.emplace_back(q.text());
    return all;
}

/// What a next migration has to do when a table is to be another one: here the same.
std::string rebuilding(store::sqlite_handle& db, const std::string& table) {
    auto create = texts_of(db, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '" + table + "'").at(0);
    create.replace(create.find(table), table.size(), "new_" + table);
    std::string columns;
    for (const auto& name : texts_of(db, "SELECT name FROM pragma_table_info('" + table + "')"))
        columns += (columns.empty() ? "" : ", ") + name;
    auto sql = create + "; INSERT INTO new_" + table + " (" + columns + ") SELECT " + columns + " FROM " + table +
               "; DROP TABLE " + table + "; ALTER TABLE new_" + table + " RENAME TO " + table + ";";
    for (const auto& more : texts_of(
             db, "SELECT sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql NOT NULL AND tbl_name = '" +
                     table + "'"))
        sql += more + ";";
    return sql;
}

/// All of them, in SQL's own words.
std::map<std::string, std::vector<std::string>> rows_of(const std::string& path,
                                                        const std::vector<std::string>& tables) {
    const auto db = must(store::open_for_reading(path));
    std::map<std::string, std::vector<std::string>> all;
    for (const auto& table : tables) {
        std::string row;
        for (const auto& name : texts_of(*db, "SELECT name FROM pragma_table_info('" + table + "')"))
            row += (row.empty() ? "" : " || ',' || ") + ("quote(" + name + ")");
        all[table] = texts_of(*db, "SELECT " + row + " FROM " + table + " ORDER BY 1");
    }
    return all;
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
    CHECK(code_of(store::sqlite_database::open(s.settings())) == errc::schema_too_new);
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
        {"a statement that is wrong",
         "CREATE TABLE bindings (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE nothing ADD COLUMN x INTEGER"},
        {"a table that exists", "DROP INDEX grants_by_app; CREATE TABLE tenants (id INTEGER) STRICT"},
        {"an orphan left behind", "-- changes the number of rows of: apps, tenants\nDELETE FROM tenants"},
        {"a table without rows that it had", "DELETE FROM apps"},
        {"a table that is gone", "DROP TABLE apps"},
        {"rows lost of one table, said of another",
         "-- changes the number of rows of: tenants, grants\nDELETE FROM apps"},
        {"more rows than there were", "INSERT INTO apps SELECT tenant_id, 'other', created_at, revision FROM apps"},
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

TEST_CASE("A migration may lose the rows that it names") {
    test::temporary_store s;
    s.open();
    s.add_app(s.add_tenant("acme"), "web");
    s.close();
    must(store::prepare_file(s.path,
                             with_next("-- changes the number of rows of: apps, former_revisions\nDELETE FROM apps"),
                             first_installation(s)));
    const auto db = must(store::open_for_reading(s.path));
    CHECK(must(store::read_integer(*db, "SELECT count(*) FROM apps")) == 0);
    CHECK(must(store::read_integer(*db, "SELECT count(*) FROM tenants")) == 1);
}

TEST_CASE("A migration can rebuild any table, and all rows of all tables stay, with what refers to them") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    const auto a = s.add_app(t, "web");
    s.add_grant(s.add_connection(t, "prod"), a.name);
    s.add_token(model::role::app, t, a.name);
    const auto gone = s.add_app(t, "gone");
    must(s.change([&](store::transaction& tx) { return tx.delete_app(t.id, gone.name, s.clock.now(), {}); }));
    must(s.append(t.id, "r"));
    s.close();
    std::vector<std::string> tables;
    {
        const auto db = must(store::open_for_writing(s.path));
        must(db->execute(
            "INSERT INTO jobs VALUES ('x', zeroblob(16), '', zeroblob(16), '', 1, 1, 0, '', NULL, NULL);"
            "INSERT INTO audit_segments VALUES (0, 1, 1, zeroblob(32), 1, zeroblob(32), 1, 1, zeroblob(32))"));
        tables = texts_of(*db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'");
    }
    REQUIRE(tables.size() > 8);
    const auto before = rows_of(s.path, tables);
    for (const auto& [table, rows] : before) {
        CAPTURE(table);
        CHECK_FALSE(rows.empty());
    }
    std::deque<std::string> scripts;
    auto next = std::vector(store::all_migrations().begin(), store::all_migrations().end());
    for (const auto& table : tables) {
        scripts.push_back(rebuilding(*must(store::open_for_reading(s.path)), table));
        next.push_back({next.back().version + 1, "rebuild", scripts.back().c_str()});
    }
    must(store::prepare_file(s.path, next, first_installation(s)));
    CHECK(rows_of(s.path, tables) == before);
    const auto db = must(store::open_for_writing(s.path));
    must(db->execute("DELETE FROM connections"));
    CHECK(must(store::read_integer(*db, "SELECT count(*) FROM grants")) == 0);  // what refers to them still does
}

TEST_CASE("A disk that fails at any write or sync of a migration leaves the old schema or the new, whole") {
    const auto next = with_next(
        "CREATE TABLE bindings (id INTEGER PRIMARY KEY, name TEXT) STRICT; CREATE INDEX bindings_by_name ON bindings "
        "(name);"
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
