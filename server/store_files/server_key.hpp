#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"
#include "model/audit_record.hpp"
#include "store_sqlite/row_seal.hpp"

#include <memory>
#include <string>

namespace hourkey::server {

/// The keys that one 32-byte server key yields, one per purpose.
struct server_keys {
    secret token_key;
    secret audit_key;
    std::shared_ptr<const store::row_key> row_key;
    secret head_key;  ///< seals the head file
    model::audit_hash key_check{};  ///< proves to a database that this is its key, and nothing else
    bool is_new = false;            ///< made just now: there has been no database under it
};

enum class key_creation { with_new_database, never, insisted };

/// What remembers a database beside it: store::head_file.
[[nodiscard]] std::string head_file_path(const std::string& database_path);

/// SQLite and the server write into the store's other files, and a key that is written over is every token lost.
[[nodiscard]] result<> check_key_stands_alone(const std::string& key_file, const std::string& database_path);

/// Reads the key file (64 hex digits; not readable by group or others). When neither it nor the database exists, makes
/// it first, if that is allowed: a command that only reads must not, or a mistyped path would leave a key behind. A
/// database without its key is refused: a new key would make every token and the audit chain worthless. So is a new key
/// where the head file tells of a database, unless somebody insists.
[[nodiscard]] result<server_keys> load_server_keys(const std::string& key_file, const std::string& database_path,
                                                   key_creation create = key_creation::with_new_database);

}  // namespace hourkey::server
