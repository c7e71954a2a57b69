#pragma once

#include "core/failure.hpp"
#include "store_sqlite/partial_file.hpp"

#include <span>
#include <string>
#include <vector>

namespace hourkey::store {

/// A file of hourkey's own, and what it is to people: "the server key".
struct own_file {
    std::string path;
    std::string what;
};

/// What belongs to the database at `path`: itself, what SQLite keeps beside it, the lock.
[[nodiscard]] std::vector<own_file> files_of_database(const std::string& path);

/// Both are there, and the same by device and inode, links followed.
[[nodiscard]] bool is_same_file(const std::string& one, const std::string& other);
/// Refuses a standard output that goes into one of hourkey's own files.
[[nodiscard]] result<> check_standard_output(std::span<const own_file> own);

/// Where a copy of a database is to go. A command never replaces what it did not make: what may be replaced is nothing,
/// or an earlier copy, told by its content. A pipe or a character device is written through, and `-` is standard
/// output.
class copy_target {
public:
    /// Refuses, with the reason: a file of `own` by whatever name (links of both kinds are followed), also one of them
    /// that is not there now; a link to nothing; a folder, a socket, a terminal; any other file that is no copy made by
    /// hourkey.
    [[nodiscard]] static result<copy_target> examine(const std::string& path, std::span<const own_file> own);

    [[nodiscard]] bool is_stream() const noexcept { return is_ == kind::stream; }
    /// Links followed; empty for standard output.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Puts the finished copy there: durable under its name, or written through and gone.
    [[nodiscard]] result<> take(partial_file copy) const;
    /// Into a stream alone: the content of the file `copy`, which stays.
    [[nodiscard]] result<> write_through(const std::string& copy) const;

private:
    enum class kind { absent, earlier_copy, stream };
    copy_target(kind is, std::string path) : is_(is), path_(std::move(path)) {}

    kind is_;
    std::string path_;
};

}  // namespace hourkey::store
