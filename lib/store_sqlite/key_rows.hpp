#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "model/server_key.hpp"
#include "store_sqlite/sqlite.hpp"

#include <optional>
#include <vector>

namespace hourkey::store {

/// The ring's rows, and what stands under each key.
class key_rows {
public:
    explicit key_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<std::vector<model::server_key>> list(wall_time now);
    /// The active one becomes old.
    [[nodiscard]] result<> replace_active(std::uint8_t id, const model::audit_hash& check, wall_time now);
    [[nodiscard]] result<> retire(std::uint8_t id);

private:
    sqlite_handle& db_;
    statement list_{
        db_,
        "SELECT k.id, k.state, k.created_at, (SELECT count(*) FROM tokens WHERE mac_key = k.id AND revoked_at "
        "IS NULL AND expires_at > ?1) FROM server_keys k ORDER BY k.id"};
    statement sealed_{db_,
                      "SELECT (SELECT count(*) FROM tokens WHERE substr(seal, 1, 1) = ?1) + "
                      "(SELECT count(*) FROM connections WHERE substr(seal, 1, 1) = ?1) + "
                      "(SELECT count(*) FROM grants WHERE substr(seal, 1, 1) = ?1)"};
    statement make_old_{db_, "UPDATE server_keys SET state = 'old' WHERE state = 'active'"};
    statement insert_{db_, "INSERT INTO server_keys (id, state, key_check, created_at) VALUES (?1, 'active', ?2, ?3)"};
    statement retire_{db_, "UPDATE server_keys SET state = 'retired' WHERE id = ?1 AND state = 'old'"};
};

}  // namespace hourkey::store
