#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "model/server_key.hpp"
#include "store_sqlite/known_keys.hpp"
#include "store_sqlite/sqlite.hpp"

#include <optional>
#include <vector>

namespace hourkey::store {

/// What a row says of a key.
struct stored_key {
    model::server_key_state state;
    model::audit_hash check;  ///< as in known_keys
};

/// The ring's rows.
class key_rows {
public:
    explicit key_rows(sqlite_handle& db) : db_(db) {}

    /// Without what still needs them.
    [[nodiscard]] result<std::vector<model::server_key>> list();
    [[nodiscard]] result<key_states> states();
    [[nodiscard]] result<std::optional<stored_key>> find(std::uint8_t id);
    /// The active one becomes old.
    [[nodiscard]] result<> replace_active(std::uint8_t id, const model::audit_hash& check, wall_time now);
    /// An old one.
    [[nodiscard]] result<> retire(std::uint8_t id);

private:
    sqlite_handle& db_;
    statement list_{db_, "SELECT id, state, created_at FROM server_keys ORDER BY id"};
    statement states_{db_, "SELECT id, state FROM server_keys"};
    statement find_{db_, "SELECT state, key_check FROM server_keys WHERE id = ?1"};
    statement make_old_{db_, "UPDATE server_keys SET state = 'old' WHERE state = 'active'"};
    statement insert_{db_, "INSERT INTO server_keys (id, state, key_check, created_at) VALUES (?1, 'active', ?2, ?3)"};
    statement retire_{db_, "UPDATE server_keys SET state = 'retired' WHERE id = ?1 AND state = 'old'"};
};

}  // namespace hourkey::store
