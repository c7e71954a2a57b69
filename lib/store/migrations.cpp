#include "store/migrations.hpp"

#include "store/schema_guard.hpp"

namespace hourkey::store {
namespace {

constexpr std::int64_t our_application_id = 0x68726b79;  // "hrky"

result<> apply(sqlite_handle& db, std::span<const migration> migrations, const schema_state& before, const installation& first) {
    for (const auto& m : migrations) {
        if (m.version <= before.version) continue;
        HK_CHECK(db.execute(m.sql));
        HK_CHECK(db.execute("PRAGMA user_version = " + std::to_string(m.version)));
    }
    if (before.is_empty) {
        statement install(db, "INSERT INTO installation (id, key_check, created_at, probed_at) VALUES (1, ?1, ?2, ?2)");
        HK_CHECK(query(install, first.key_check, first.created_at).run());
        statement closed(db, "INSERT INTO clean_stop (id, at) VALUES (1, ?1)");
        HK_CHECK(query(closed, first.created_at).run());
        statement head(db, "INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, 0, zeroblob(32), ?1)");
        HK_CHECK(query(head, first.empty_head_seal).run());
    }
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
        return failure(errc::store_corrupt, "The database file belongs to another program.", "Give the path of hourkey's own database.", {});
    if (version > migrations.back().version)
        return failure(errc::schema_too_new, {}, "Run the newer hourkeyd, or restore the copy that it made before it migrated.",
                       "schema version " + std::to_string(version));
    HK_CHECK(check_schema(db, migrations, static_cast<int>(version)));
    return schema_state{false, static_cast<int>(version)};
}

result<> migrate(sqlite_handle& db, std::span<const migration> migrations, const installation& first) {
    HK_TRY(const auto before, read_schema_state(db, migrations));
    if (before.version == migrations.back().version) return {};
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
