#pragma once

#include "store/reader.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

/// The tenant's name behind its id.
inline constexpr const char* token_columns =
    "t.id, t.role, t.tenant_id, n.name, t.app, t.stage, t.mac_key, t.mac, t.created_at, t.expires_at, t.last_used_at, "
    "t.revoked_at, t.seal";
inline constexpr const char* token_tables = " FROM tokens t LEFT JOIN tenants n ON n.id = t.tenant_id";

/// A nil tenant means the server's own tokens (role operator).
class token_rows {
public:
    token_rows(sqlite_handle& db, row_sealer& sealer) : db_(db), sealer_(sealer) {}

    [[nodiscard]] result<std::optional<model::token>> find(const ulid& id);
    [[nodiscard]] result<std::optional<model::token>> find_of_tenant(const ulid& tenant, const ulid& id,
                                                                     seal_use use = seal_use::demanded);
    [[nodiscard]] result<page<model::token>> list(const ulid& tenant, const page_request& p);
    [[nodiscard]] result<> insert(const model::token& t);
    [[nodiscard]] result<> revoke(const model::token& revoked);  ///< the first revocation's time stays
    [[nodiscard]] result<> revoke_all_of_app(const ulid& tenant, const app_name& app, wall_time at);
    [[nodiscard]] result<> touch(const ulid& tenant, const ulid& id, wall_time used_at);  ///< forward only

private:
    sqlite_handle& db_;
    row_sealer& sealer_;
    statement find_{db_, std::string("SELECT ") + token_columns + token_tables + " WHERE t.id = ?1"};
    statement find_of_tenant_{
        db_, std::string("SELECT ") + token_columns + token_tables + " WHERE t.tenant_id IS ?1 AND t.id = ?2"};
    statement list_{db_, std::string("SELECT ") + token_columns + token_tables +
                             " WHERE t.tenant_id IS ?1 AND t.id > ?2 ORDER BY t.id LIMIT ?3"};
    statement insert_{db_,
                      "INSERT INTO tokens (id, role, tenant_id, app, stage, mac_key, mac, created_at, expires_at, "
                      "last_used_at, revoked_at, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"};
    statement revoke_{
        db_, "UPDATE tokens SET revoked_at = ?3, seal = ?4 WHERE tenant_id IS ?1 AND id = ?2 AND revoked_at IS NULL"};
    statement of_app_{db_, std::string("SELECT ") + token_columns + token_tables +
                               " WHERE t.tenant_id = ?1 AND t.live_app = ?2 LIMIT 1"};
    statement touch_{db_,
                     "UPDATE tokens SET last_used_at = ?3 WHERE tenant_id IS ?1 AND id = ?2 AND (last_used_at IS NULL "
                     "OR last_used_at < ?3)"};
};

/// token_columns.
[[nodiscard]] result<model::token> read_token(query& q, row_sealer& sealer, seal_use use);

}  // namespace hourkey::store
