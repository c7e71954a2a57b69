#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::store {

/// Files that must survive a power cut, readable by their owner only whatever the umask. None of these may be called on a
/// database file that SQLite has open in this process: closing any descriptor of it drops the process' POSIX locks.

/// Makes an empty file of mode 0600, its name durable; already_exists when there is one.
[[nodiscard]] result<> create_private_file(const std::string& path);
/// Takes group's and others' rights off a file, when it exists.
[[nodiscard]] result<> make_private(const std::string& path);
[[nodiscard]] result<> sync_file(const std::string& path);
/// Renames over `to` and makes the change of names durable.
[[nodiscard]] result<> replace_file(const std::string& from, const std::string& to);

/// errno as a failure.
[[nodiscard]] failure file_failure(std::string_view doing, int error);

}  // namespace hourkey::store
