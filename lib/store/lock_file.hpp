#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::store {

/// One hourkeyd per database: a lock on `<database>.lock`, and one on the database file itself, which holds whatever name it
/// was opened by. Both by flock, for the object's life. The lock file stays, so that two starts can never lock two different
/// files of the same name.
class lock_file {
public:
    /// store_unavailable when another process has it and keeps it for longer than a command takes.
    [[nodiscard]] static result<lock_file> take(const std::string& database_path);
    ~lock_file();
    lock_file(lock_file&& other) noexcept;
    lock_file& operator=(lock_file&&) = delete;

    /// Once there is a database file. Nothing in this process may have it open: a failure closes a descriptor of it, which drops
    /// the process' POSIX locks.
    [[nodiscard]] result<> take_database(const std::string& database_path);

private:
    explicit lock_file(int fd) noexcept : fd_(fd) {}
    int fd_;
    int database_ = -1;
};

/// Whether a process has the database now: a server that runs, starts or stops.
[[nodiscard]] bool is_locked(const std::string& database_path);

}  // namespace hourkey::store
