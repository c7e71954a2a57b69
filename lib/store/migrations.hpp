#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "store/sqlite.hpp"

#include <span>
#include <string_view>

namespace hourkey::store {

/// One file of schema/, embedded at build time.
struct migration {
    int version;  ///< 1, 2, ... without gaps; what user_version is afterwards
    std::string_view name;
    const char* sql;
};

[[nodiscard]] std::span<const migration> all_migrations() noexcept;

/// What the first migration leaves to be filled in.
struct installation {
    model::audit_hash key_check{};
    model::audit_hash empty_head_seal{};
    wall_time created_at;
};

/// What a file says of itself.
struct schema_state {
    bool is_empty = true;  ///< no table at all: a new file
    int version = 0;
};

/// Fails with store_corrupt for a file of another program or a schema that somebody changed, with schema_too_new beyond `migrations`.
[[nodiscard]] result<schema_state> read_schema_state(sqlite_handle& db, std::span<const migration> migrations);

/// Applies what is missing in one transaction, user_version included; on failure the old schema is as it was.
[[nodiscard]] result<> migrate(sqlite_handle& db, std::span<const migration> migrations, const installation& first);

}  // namespace hourkey::store
