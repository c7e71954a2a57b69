#pragma once

#include "core/failure.hpp"
#include "store_sqlite/migrations.hpp"
#include "store_sqlite/sqlite.hpp"

#include <span>

namespace hourkey::store {

/// store_corrupt, naming the first of them, when an object in the file (table, index, trigger, view) is not word for
/// word what the migrations up to `version` make, is missing, or is one too many: no seal of a row helps against a
/// trigger that undoes what is written. SQLite's own statistics, which an administrator's ANALYZE leaves, are let pass:
/// they choose how rows are looked for, not which are found.
[[nodiscard]] result<> check_schema(sqlite_handle& db, std::span<const migration> migrations, int version);

}  // namespace hourkey::store
