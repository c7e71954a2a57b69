#pragma once

#include "core/failure.hpp"
#include "store/migrations.hpp"

#include <functional>
#include <span>
#include <string>

namespace hourkey::store {

/// Brings the file at `path` to the newest schema, making it when there is none. Before anything is written, a newer
/// schema, another program's file and another server key are refused; before an existing schema is changed, the file is
/// copied to `<path>.schema-<old version>`.
[[nodiscard]] result<> prepare_file(
    const std::string& path, std::span<const migration> migrations, const installation& first, const std::function<bool()>& wants_stop = [] { return false; });

/// What prepare_file would refuse in a file that exists, found without making, changing or locking anything: beside a running
/// server, too. What a killed server has left in its log is not looked into.
[[nodiscard]] result<> check_file(const std::string& path, const model::audit_hash& key_check);

/// wrong_server_key when the database was made under another.
[[nodiscard]] result<> check_key(sqlite_handle& db, const model::audit_hash& key_check);

}  // namespace hourkey::store
