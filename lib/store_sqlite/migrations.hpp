#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "store_sqlite/known_keys.hpp"
#include "store_sqlite/sqlite.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace hourkey::store {

/// One file of schema/sqlite, embedded at build time. It runs with foreign keys off and ALTER TABLE as it was before
/// SQLite 3.26, so that a table can be rebuilt (https://sqlite.org/lang_altertable.html#otheralter): what refers to it
/// neither follows a rename nor goes with the old one. A line `-- changes the number of rows of: a, b` names the tables
/// that may have other numbers of rows afterwards.
struct migration {
    int version;  ///< 1, 2, ... without gaps; what user_version is afterwards
    std::string_view name;
    const char* sql;
};

[[nodiscard]] std::span<const migration> all_migrations() noexcept;

/// What the first migration leaves to be filled in.
struct installation {
    known_keys keys;  ///< the highest is the new database's
    std::function<std::optional<model::audit_hash>(const model::audit_head&)> seal_head;
    wall_time created_at;
};

/// What a file says of itself.
struct schema_state {
    bool is_empty = true;  ///< no table at all: a new file
    int version = 0;
};

/// Fails with store_corrupt for a file of another program or a schema that somebody changed, with schema_too_new beyond
/// `migrations`.
[[nodiscard]] result<schema_state> read_schema_state(sqlite_handle& db, std::span<const migration> migrations);

/// How the SQL of migrations is understood, until the object goes. Not inside a transaction: SQLite ignores it there.
class migration_rules {
public:
    [[nodiscard]] static result<migration_rules> set(sqlite_handle& db);
    migration_rules(migration_rules&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    migration_rules& operator=(migration_rules&&) = delete;
    ~migration_rules();

private:
    explicit migration_rules(sqlite_handle& db) noexcept : db_(&db) {}
    sqlite_handle* db_;
};

/// Applies what is missing in one transaction, user_version included; on failure the old schema is as it was. Fails
/// with store_corrupt when a reference leads to nothing afterwards, or a table has lost rows unsaid.
[[nodiscard]] result<> migrate(sqlite_handle& db, std::span<const migration> migrations, const installation& first);

}  // namespace hourkey::store
