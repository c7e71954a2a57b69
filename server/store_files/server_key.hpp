#pragma once

#include "core/failure.hpp"
#include "os/private_file.hpp"
#include "sealing/key_file.hpp"
#include "sealing/key_ring.hpp"
#include "store_sqlite/row_seal.hpp"

#include <memory>
#include <string>
#include <vector>

namespace hourkey::server {

/// The server keys of an installation.
struct server_keys {
    std::shared_ptr<sealing::key_ring> ring;
    std::shared_ptr<const store::row_keys> row_keys;  ///< the ring's, with a count of broken seals
    std::string file;
    bool is_new = false;  ///< made just now: there has been no database under it
};

enum class key_creation { with_new_database, never, insisted };

/// What remembers a database beside it: store::head_file.
[[nodiscard]] std::string head_file_path(const std::string& database_path);

/// SQLite and the server write into the store's other files, and a key that is written over is every token lost.
[[nodiscard]] result<> check_key_stands_alone(const std::string& key_file, const std::string& database_path);

/// The lines of the key file; invalid_configuration, which names the file.
[[nodiscard]] result<std::vector<sealing::key_line>> read_key_file(const std::string& file);
[[nodiscard]] std::shared_ptr<sealing::key_ring> ring_of(const std::vector<sealing::key_line>& lines);
/// Adds what the file has by now: another process may have replaced a key since it was read.
[[nodiscard]] result<> read_again(const server_keys& keys);
/// The ids of keys that the file still has whole, and the ring, which follows the store, has no more: their retirement
/// was cut off, or an older file was put back.
[[nodiscard]] result<std::vector<std::uint8_t>> list_undead(const server_keys& keys);
/// Whole or not at all, durable; given to the owner of the database. Through a symbolic link, which stays. What a
/// process that was killed has left of one is taken away.
[[nodiscard]] result<> write_key_file(const std::vector<sealing::key_line>& lines, const std::string& file,
                                      const std::string& database_path, os::private_file_mode mode);

/// Reads the key file (sealing/key_file.hpp; not readable by group or others). When neither it nor the database exists,
/// makes it first, if that is allowed: a command that only reads must not, or a mistyped path would leave a key behind.
/// A database without its key is refused: a new key would make every token and the audit chain worthless. So is a new
/// key where the head file tells of a database, unless somebody insists.
[[nodiscard]] result<server_keys> load_server_keys(const std::string& key_file, const std::string& database_path,
                                                   key_creation create = key_creation::with_new_database);

}  // namespace hourkey::server
