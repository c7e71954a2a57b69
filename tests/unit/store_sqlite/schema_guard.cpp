#include "store_sqlite/schema_guard.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "store_sqlite/backup.hpp"
#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/restore.hpp"
#include "tampering.hpp"
#include "temporary_store.hpp"

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

struct deed {
    const char* name;
    const char* sql;
    const char* found;  ///< the object that is named
};

const deed deeds[] = {
    {"a trigger that undoes",
     "DROP TRIGGER tokens_stay_revoked; CREATE TRIGGER tokens_stay_revoked AFTER UPDATE OF revoked_at ON tokens WHEN "
     "NEW.revoked_at IS NOT NULL "
     "BEGIN UPDATE tokens SET revoked_at = OLD.revoked_at, seal = OLD.seal WHERE id = OLD.id; END",
     "trigger tokens_stay_revoked is another one"},
    {"a trigger more", "CREATE TRIGGER z AFTER UPDATE ON tokens BEGIN DELETE FROM grants; END",
     "trigger z is none of its own"},
    {"a trigger less", "DROP TRIGGER audit_stays", "trigger audit_stays is missing"},
    {"an index more", "CREATE INDEX z ON tokens (role)", "index z is none of its own"},
    {"an index less", "DROP INDEX audit_by_tenant", "index audit_by_tenant is missing"},
    {"an index on something else", "DROP INDEX tokens_by_tenant; CREATE INDEX tokens_by_tenant ON tokens (id)",
     "index tokens_by_tenant is another one"},
    {"a table more", "CREATE TABLE evil (x)", "table evil is none of its own"},
    {"a table less", "DROP TABLE clean_stop", "table clean_stop is missing"},
    {"a table that counts its rows", "CREATE TABLE evil (x INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE evil",
     "table sqlite_sequence is none of its own"},
    {"a view more", "CREATE VIEW evil AS SELECT * FROM tokens", "view evil is none of its own"},
    {"a table turned into a view",
     "ALTER TABLE clean_stop RENAME TO kept; CREATE VIEW clean_stop AS SELECT * FROM kept", "kept"},
    {"a view in a table's place", "DROP TABLE clean_stop; CREATE VIEW clean_stop AS SELECT 1 AS id, 1 AS at",
     "view clean_stop is none of its own"},
    {"a column more", "ALTER TABLE tenants ADD COLUMN x TEXT", "table tenants is another one"},
    {"a check less",
     "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (revision >= 1)', '') WHERE name "
     "= 'apps'; PRAGMA writable_schema = "
     "RESET",
     "table apps is another one"},
};

struct changed_store : test::temporary_store {
    explicit changed_store(const char* sql) {
        open();
        add_tenant("acme");
        close();
        test::run_sql(path, sql);
    }
};

template <class T>
void check_names(const result<T>& r, const char* object) {
    REQUIRE(code_of(r) == errc::store_corrupt);
    CAPTURE(r.error().message);
    CHECK(r.error().message.find(object) != std::string::npos);
    CHECK(!r.error().hint.empty());
}

}  // namespace

TEST_CASE("A schema that somebody changed is neither opened, read, copied nor called sound, and the object is named") {
    for (const auto& d : deeds) {
        CAPTURE(d.name);
        changed_store s(d.sql);
        check_names(store::sqlite_database::open(s.settings()), d.found);
        check_names(store::open_read_only(s.path), d.found);
        check_names(store::check_backup(s.path, {}), d.found);
        check_names(store::backup(s.path, s.directory.file("copy.db"), {}), d.found);
        auto elsewhere = s.settings();
        elsewhere.path = s.directory.file("elsewhere.db");
        check_names(store::restore(elsewhere, s.path, [](const std::string&) { return model::audit_record{}; }),
                    d.found);
    }
}

TEST_CASE("What SQLite keeps for itself and what is written in another order is no change") {
    for (const char* sql : {"ANALYZE", "VACUUM", "REINDEX", "PRAGMA optimize"}) {
        CAPTURE(sql);
        changed_store s(sql);
        CHECK(store::check_backup(s.path, {}).has_value());
        CHECK(store::sqlite_database::open(s.settings()).has_value());
    }
    test::temporary_store s;
    s.open();
    s.close();
    test::run_without_triggers(s.path, "");
    CHECK(store::sqlite_database::open(s.settings()).has_value());
}

TEST_CASE("A changed older schema is refused before it is migrated") {
    changed_store s("CREATE TABLE bindings (x)");
    const auto all = store::all_migrations();
    std::vector<store::migration> next(all.begin(), all.end());
    next.push_back(
        {all.back().version + 1, "next", "CREATE TABLE IF NOT EXISTS bindings (id INTEGER PRIMARY KEY) STRICT"});
    const auto db = must(store::open_for_writing(s.path));
    check_names(store::migrate(*db, next, {}), "table bindings is none of its own");
}
