#pragma once

#include "store/reader.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

class connection_rows {
public:
    connection_rows(sqlite_handle& db, row_sealer& sealer) : db_(db), sealer_(sealer) {}

    [[nodiscard]] result<std::optional<model::connection>> find(const ulid& tenant, const connection_name& name,
                                                                seal_use use = seal_use::demanded);
    [[nodiscard]] result<page<model::connection>> list(const ulid& tenant, const page_request& p);
    /// already_exists also for an external id that was ever used before.
    [[nodiscard]] result<> insert(const model::connection& c);
    /// Everything but key, external id and creation time.
    [[nodiscard]] result<> update(const model::connection& c);
    [[nodiscard]] result<> remove(const ulid& tenant, const connection_name& name);  ///< and its grants

private:
    sqlite_handle& db_;
    row_sealer& sealer_;
    statement find_{db_,
                    "SELECT tenant_id, name, state, role_arn, account_id, region, external_id, created_at, "
                    "verified_at, revision, seal "
                    "FROM connections WHERE tenant_id = ?1 AND name = ?2"};
    statement list_{db_,
                    "SELECT tenant_id, name, state, role_arn, account_id, region, external_id, created_at, "
                    "verified_at, revision, seal "
                    "FROM connections WHERE tenant_id = ?1 AND name > ?2 ORDER BY name LIMIT ?3"};
    statement reserve_{db_, "INSERT INTO external_ids (external_id, tenant_id, connection) VALUES (?1, ?2, ?3)"};
    statement insert_{db_,
                      "INSERT INTO connections (tenant_id, name, state, role_arn, account_id, region, external_id, "
                      "created_at, revision, seal) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
    statement update_{db_,
                      "UPDATE connections SET state = ?3, role_arn = ?4, account_id = ?5, region = ?6, verified_at = "
                      "?7, revision = ?8, seal = ?9 "
                      "WHERE tenant_id = ?1 AND name = ?2"};
    statement remove_{db_, "DELETE FROM connections WHERE tenant_id = ?1 AND name = ?2"};
};

/// The columns tenant_id to seal, in the table's order.
[[nodiscard]] result<model::connection> read_connection(query& q, row_sealer& sealer, seal_use use);

}  // namespace hourkey::store
