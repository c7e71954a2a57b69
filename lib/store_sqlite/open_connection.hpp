#pragma once

#include "core/failure.hpp"
#include "store_sqlite/sqlite.hpp"

#include <memory>
#include <string>

namespace hourkey::store {

/// The one read-write connection: WAL, synchronous=FULL and the rest, every setting read back; a mismatch is a failure.
/// It neither checkpoints by itself nor at its close.
[[nodiscard]] result<std::unique_ptr<sqlite_handle>> open_for_writing(const std::string& path);

/// A connection that can neither write nor checkpoint (https://sqlite.org/wal.html#walresetbug).
[[nodiscard]] result<std::unique_ptr<sqlite_handle>> open_for_reading(const std::string& path);

/// quick_check (or the thorough integrity_check) and foreign_key_check. store_corrupt when a page or a reference is
/// wrong.
enum class integrity { quick, thorough };
[[nodiscard]] result<> check_integrity(sqlite_handle& db, integrity how);

}  // namespace hourkey::store
