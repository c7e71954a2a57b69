#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::store {

/// `<database>.lock`, held by flock for the object's life: one hourkeyd per database. The file itself stays, so that two
/// starts can never lock two different files of the same name.
class lock_file {
public:
    /// store_unavailable when another process has it.
    [[nodiscard]] static result<lock_file> take(const std::string& database_path);
    ~lock_file();
    lock_file(lock_file&& other) noexcept;
    lock_file& operator=(lock_file&&) = delete;

private:
    explicit lock_file(int fd) noexcept : fd_(fd) {}
    int fd_;
};

}  // namespace hourkey::store
