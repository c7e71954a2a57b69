#pragma once

#include "core/failure.hpp"
#include "crypto/mac_keys.hpp"
#include "store/trail_place.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::store {

class sqlite_handle;

/// What is remembered of a database outside of it.
struct database_memory {
    bool is_expected = false;         ///< a first start has begun, and there was no database yet
    std::vector<trail_place> ends;    ///< where its trail has ended; more than one: either is right
    /// Where it ended in the database file alone when the log was last copied into it whole.
    std::optional<trail_place> in_file;
};

/// The file that remembers, `<database>.head`: that there is a database, and where its audit trail ended when that was
/// last written down. Sealed under the server key, so that whoever can only write files cannot make one up; putting an
/// older one back is possible, and SECURITY says so. A database that was lost, emptied or put back to an older state is
/// told by it.
class head_file {
public:
    head_file(std::string path, std::shared_ptr<const crypto::mac_keys> keys)
        : path_(std::move(path)), keys_(std::move(keys)) {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// None: there is no such file. store_corrupt, naming the file, for one that this server key did not seal.
    [[nodiscard]] result<std::optional<database_memory>> read() const;
    /// Whole or not at all, durable, mode 0600; given to the owner of the database at `database_path`.
    [[nodiscard]] result<> write(const database_memory& what, const std::string& database_path) const;

    /// Without the key: whether the file at `path` says that there has been a database. store_unavailable for one that
    /// cannot be read.
    [[nodiscard]] static result<bool> tells_of_database(const std::string& path);

private:
    /// `<id of the key> <hex>`; none without that key.
    [[nodiscard]] std::optional<std::string> seal(const std::string& text, std::uint8_t key) const;

    [[nodiscard]] bool is_sealed(const std::string& text, std::string_view found) const;

    std::string path_;
    std::shared_ptr<const crypto::mac_keys> keys_;
};

/// What to do about a store whose files are not those that they were.
[[nodiscard]] std::string hint_of_lost_files();

/// Where the trail ends in the database file alone, without the log beside it. None: that cannot be told, as after a
/// checkpoint that was cut off.
[[nodiscard]] std::optional<trail_place> end_in_file_alone(const std::string& database_path);

/// Whether the database file is at least as new as it has been: an older one under a newer log would pass for the
/// newest, as the log holds the end of the trail. store_corrupt, with what to do, when it is not.
[[nodiscard]] result<> check_file_alone(const head_file& file, const database_memory& memory,
                                        const std::string& database_path);

/// Whether the database goes on from what is remembered of it: its trail reaches as far, and holds the record that was
/// its last. store_corrupt, with what to do, when it does not.
[[nodiscard]] result<> check_memory(sqlite_handle& db, const head_file& file, const database_memory& memory,
                                    const std::string& database_path);

}  // namespace hourkey::store
