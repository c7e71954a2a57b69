#pragma once

#include "core/failure.hpp"
#include "os/unique_descriptor.hpp"

#include <string>
#include <utility>

namespace hourkey::store {

/// One hourkeyd per database: a lock on `<database>.lock`, and one on the database file itself, which holds whatever
/// name it was opened by. Both by flock, for the object's life. The lock file stays, so that two starts can never lock
/// two different files of the same name.
class lock_file {
public:
    /// store_unavailable when another process has it and keeps it for longer than a command takes.
    [[nodiscard]] static result<lock_file> take(const std::string& database_path);

    /// Once there is a database file. Nothing in this process may have it open: a failure closes a descriptor of it,
    /// which drops the process' POSIX locks.
    [[nodiscard]] result<> take_database(const std::string& database_path);

private:
    explicit lock_file(os::unique_descriptor named) noexcept : named_(std::move(named)) {}
    os::unique_descriptor named_;  ///< `<database>.lock`
    os::unique_descriptor database_;  ///< none while there is no file yet
};

/// Whether a process has the database now: a server that runs, starts or stops.
[[nodiscard]] bool is_locked(const std::string& database_path);

}  // namespace hourkey::store
