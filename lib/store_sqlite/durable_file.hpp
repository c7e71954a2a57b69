#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::store {

/// Files that must survive a power cut, readable by their owner only whatever the umask. None of these may be called on
/// a database file that SQLite has open in this process: closing any descriptor of it drops the process' POSIX locks.

/// Makes an empty file of mode 0600 for the store, its name durable; already_exists when there is one.
[[nodiscard]] result<> create_private_file(const std::string& path);
/// Links followed, as SQLite follows them before it names the files beside a database; also those that lead to nothing.
[[nodiscard]] std::string real_path(const std::string& path);
/// Whether the name is taken, also by a link to nothing.
[[nodiscard]] bool is_there(const std::string& path);
/// What is there under the name is an ordinary file, links followed; else invalid_configuration. SQLite waits for ever
/// for what a pipe gives.
[[nodiscard]] result<> check_is_file(const std::string& path);
/// Of a database and what SQLite keeps beside it those that are there are files that can be read: SQLite would not say
/// which is not.
[[nodiscard]] result<> check_files_of_database(const std::string& path);
/// Takes group's and others' rights off a file, when it exists.
[[nodiscard]] result<> make_private(const std::string& path);
[[nodiscard]] result<> sync_file(const std::string& path);
/// Makes durable which names stand in the folder of `path`.
[[nodiscard]] result<> sync_folder_of(const std::string& path);
/// Renames over `to` and makes the change of names durable.
[[nodiscard]] result<> replace_file(const std::string& from, const std::string& to);

/// Gives a file that root has just made for the store to whoever the store belongs to: its database's owner, or while
/// there is none its folder's. The service could not read it otherwise. For any other user there is nothing to do.
[[nodiscard]] result<> give_to_owner_of(const std::string& database_path, int file);

/// errno as a failure.
[[nodiscard]] failure file_failure(std::string_view doing, int error);

}  // namespace hourkey::store
