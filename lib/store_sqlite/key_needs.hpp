#pragma once

#include "core/failure.hpp"
#include "store_sqlite/connections.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"
#include "store_sqlite/tokens.hpp"

#include <cstdint>
#include <string>

namespace hourkey::store {

/// What a server key is still needed for. Only rows whose seal is good count: one that something else has written is
/// of no use, and would hold for ever whatever key it names. Each stops at `most`.
class key_needs {
public:
    key_needs(sqlite_handle& db, row_sealer& sealer) : db_(db), sealer_(sealer) {}

    /// Made under it, neither expired nor revoked.
    [[nodiscard]] result<std::uint64_t> count_living_tokens(std::uint8_t key, wall_time now,
                                                            std::uint64_t most = UINT64_MAX);
    /// Whose seal is under it.
    [[nodiscard]] result<std::uint64_t> count_sealed_rows(std::uint8_t key, std::uint64_t most = UINT64_MAX);

private:
    sqlite_handle& db_;
    row_sealer& sealer_;
    statement living_tokens_{db_, std::string("SELECT ") + token_columns + token_tables +
                                      " WHERE t.mac_key = ?1 AND t.revoked_at IS NULL AND t.expires_at > ?2"};
    statement tokens_{db_, std::string("SELECT ") + token_columns + token_tables + " WHERE substr(t.seal, 1, 1) = ?1"};
    statement connections_{
        db_, std::string("SELECT ") + connection_columns + " FROM connections WHERE substr(seal, 1, 1) = ?1"};
    statement grants_{db_,
                      "SELECT tenant_id, connection, app, max_duration_seconds, expires_at, reason, created_at, "
                      "revision, seal FROM grants WHERE substr(seal, 1, 1) = ?1"};
};

}  // namespace hourkey::store
