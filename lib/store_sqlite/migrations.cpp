#include "store_sqlite/migrations.hpp"

#include "store_sqlite/schema_guard.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace hourkey::store {
namespace {

constexpr std::int64_t our_application_id = 0x68726b79;  // "hrky"

using row_counts = std::map<std::string, std::int64_t>;

result<row_counts> count_rows(sqlite_handle& db) {
    row_counts counts;
    statement tables(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'");
    query q(tables);
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return counts;
        const std::string name(q.text());
        HK_TRY(counts[name], read_integer(db, ("SELECT count(*) FROM \"" + name + "\"").c_str()));
    }
}

std::vector<std::string> tables_it_changes(const migration& m) {
    constexpr std::string_view mark = "-- changes the number of rows of:";
    std::vector<std::string> tables;
    const std::string_view sql(m.sql);
    const auto at = sql.find(mark);
    if (at == std::string_view::npos) return tables;
    auto names = sql.substr(at + mark.size());
    names = names.substr(0, names.find('\n'));
    while (!names.empty()) {
        const auto begin = names.find_first_not_of(", ");
        if (begin == std::string_view::npos) break;
        names.remove_prefix(begin);
        const auto end = std::min(names.find_first_of(", "), names.size());
        tables.emplace_back(names.substr(0, end));
        names.remove_prefix(end);
    }
    return tables;
}

/// DROP TABLE, and a SELECT that leaves rows behind, break no reference: the rows are gone without a word.
result<> check_rows_are_kept(const migration& m, const row_counts& before, const row_counts& after) {
    const auto may_change = tables_it_changes(m);
    for (const auto& [table, rows] : before) {
        if (std::ranges::find(may_change, table) != may_change.end()) continue;
        const auto now = after.find(table);
        if (now != after.end() && now->second == rows) continue;
        return failure(errc::store_corrupt, {}, {},
                       "migration " + std::to_string(m.version) + " leaves " +
                           (now == after.end() ? "no table" : std::to_string(now->second) + " rows") + " where " +
                           table + " had " + std::to_string(rows));
    }
    return {};
}

result<> apply_one(sqlite_handle& db, const migration& m) {
    HK_TRY(const auto before, count_rows(db));
    HK_CHECK(db.execute(m.sql));
    HK_TRY(const auto after, count_rows(db));
    HK_CHECK(check_rows_are_kept(m, before, after));
    return db.execute("PRAGMA user_version = " + std::to_string(m.version));
}

result<> install(sqlite_handle& db, const installation& first) {
    if (first.keys.empty()) return failure(errc::internal, {}, {}, "there is no server key");
    const auto& [key, check] = *first.keys.rbegin();
    model::audit_head start;
    start.key = key;
    const auto seal = first.seal_head(start);
    if (!seal) return failure(errc::internal, {}, {}, "the server key cannot seal");

    statement row(db, "INSERT INTO installation (id, created_at, probed_at) VALUES (1, ?1, ?1)");
    HK_CHECK(query(row, first.created_at).run());
    statement active(db, "INSERT INTO server_keys (id, state, key_check, created_at) VALUES (?1, 'active', ?2, ?3)");
    HK_CHECK(query(active, std::uint64_t{key}, check, first.created_at).run());
    statement closed(db, "INSERT INTO clean_stop (id, at) VALUES (1, ?1)");
    HK_CHECK(query(closed, first.created_at).run());
    statement writer(
        db, "INSERT INTO audit_writers (slot, term, epoch, seq, hash, key, seal) VALUES (0, 0, 0, 0, ?1, ?2, ?3)");
    HK_CHECK(query(writer, start.hash, std::uint64_t{key}, *seal).run());
    return {};
}

result<> apply(sqlite_handle& db, std::span<const migration> migrations, const schema_state& before,
               const installation& first) {
    for (const auto& m : migrations) {
        if (m.version > before.version) HK_CHECK(apply_one(db, m));
    }
    if (before.is_empty) HK_CHECK(install(db, first));
    statement orphans(db, "PRAGMA foreign_key_check");
    HK_TRY(const bool has_orphans, query(orphans).next());
    if (has_orphans) return failure(errc::store_corrupt, {}, {}, "a migration left a reference to nothing");
    return {};
}

}  // namespace

result<schema_state> read_schema_state(sqlite_handle& db, std::span<const migration> migrations) {
    HK_TRY(const auto objects, read_integer(db, "SELECT count(*) FROM sqlite_schema"));
    HK_TRY(const auto application, read_integer(db, "PRAGMA application_id"));
    HK_TRY(const auto version, read_integer(db, "PRAGMA user_version"));
    if (objects == 0 && application == 0 && version == 0) return schema_state{};
    if (application != our_application_id)
        return failure(errc::store_corrupt, "The database file belongs to another program.",
                       "Give the path of hourkey's own database.", {});
    if (version > migrations.back().version)
        return failure(errc::schema_too_new, {},
                       "Run the newer hourkeyd, or restore the copy that it made before it migrated.",
                       "schema version " + std::to_string(version));
    HK_CHECK(check_schema(db, migrations, static_cast<int>(version)));
    return schema_state{false, static_cast<int>(version)};
}

result<migration_rules> migration_rules::set(sqlite_handle& db) {
    migration_rules rules(db);
    HK_CHECK(db.execute("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON"));
    return rules;
}

migration_rules::~migration_rules() {
    if (db_ != nullptr) static_cast<void>(db_->execute("PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON"));
}

result<> migrate(sqlite_handle& db, std::span<const migration> migrations, const installation& first) {
    HK_TRY(const auto before, read_schema_state(db, migrations));
    if (before.version == migrations.back().version) return {};
    HK_TRY(const auto rules, migration_rules::set(db));
    HK_CHECK(db.execute("BEGIN IMMEDIATE"));
    auto applied = apply(db, migrations, before, first);
    if (applied) applied = db.execute("COMMIT");
    if (!applied) {
        // A failed COMMIT may have rolled back by itself; then there is nothing left to undo.
        static_cast<void>(db.execute("ROLLBACK"));
        return applied;
    }
    return {};
}

}  // namespace hourkey::store
