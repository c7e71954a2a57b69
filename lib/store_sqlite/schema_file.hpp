#pragma once

#include "core/failure.hpp"
#include "store_sqlite/head_file.hpp"
#include "store_sqlite/known_keys.hpp"
#include "store_sqlite/migrations.hpp"

#include <functional>
#include <span>
#include <string>

namespace hourkey::store {

enum class absent_file { make, refuse };

/// Brings the file at `path` to the newest schema; one that is not there, or empty, is made or refused with
/// store_corrupt. Before anything is written, a newer schema, another program's file and another server key are
/// refused; before an existing schema is changed, the file is copied to `<path>.schema-<old version>`. A new schema is
/// in the file itself afterwards, not only in the log beside it.
[[nodiscard]] result<> prepare_file(
    const std::string& path, std::span<const migration> migrations, const installation& first,
    absent_file how = absent_file::make, const std::function<bool()>& wants_stop = [] { return false; });

/// What prepare_file would refuse in a file that exists, found without making, changing or locking anything: beside a
/// running server, too. What a killed server has left in its log is not looked into.
[[nodiscard]] result<> check_file(const std::string& path, const known_keys& keys);

/// What a start finds out of a database and its memory, without changing either: store_corrupt when the database is
/// gone, empty or older than what is remembered. Beside a running server too.
[[nodiscard]] result<> check_is_newest(const std::string& path, const head_file& file, const known_keys& keys);

/// What the file remembers. Under another server key than the database's: wrong_server_key, not that the file is
/// damaged.
[[nodiscard]] result<std::optional<database_memory>> read_memory(const std::string& path, const head_file& file,
                                                                 const known_keys& keys);

/// SQLite does not say in which file it finds damage: the database, or a log beside it that is not its own.
[[nodiscard]] failure damaged_files(failure why, const std::string& path);

template <class T>
[[nodiscard]] result<T> naming_files(result<T> opened, const std::string& path) {
    if (opened || opened.error().code != errc::store_corrupt || !opened.error().message.empty()) return opened;
    return damaged_files(std::move(opened).error(), path);
}

/// wrong_server_key when the database uses a key that is not among `known`, or is another there. store_corrupt when its
/// active key is not its newest.
[[nodiscard]] result<> check_keys(sqlite_handle& db, const known_keys& known);

}  // namespace hourkey::store
