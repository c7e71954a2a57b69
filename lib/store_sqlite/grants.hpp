#pragma once

#include "store/reader.hpp"
#include "store_sqlite/columns.hpp"
#include "store_sqlite/connections.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

/// Behind tenant_id and connection, in the table's order.
inline constexpr const char* grant_columns =
    "app, max_duration_seconds, expires_at, reason, created_at, revision, seal";

class grant_rows {
public:
    grant_rows(sqlite_handle& db, row_sealer& sealer) : db_(db), sealer_(sealer) {}

    [[nodiscard]] result<std::optional<model::grant>> find(const ulid& tenant, const connection_name& connection,
                                                           const std::optional<app_name>& app,
                                                           seal_use use = seal_use::demanded);
    [[nodiscard]] result<page<model::grant>> list(const ulid& tenant, const connection_name& connection,
                                                  const page_request& p);
    /// One statement and so one snapshot: this is read on every vend.
    [[nodiscard]] result<model::vend_facts> find_vend_facts(const ulid& tenant, const app_name& app,
                                                            const connection_name& connection);
    [[nodiscard]] result<> insert(const model::grant& g);
    [[nodiscard]] result<> update(const model::grant& g);
    [[nodiscard]] result<> remove(const ulid& tenant, const connection_name& connection,
                                  const std::optional<app_name>& app);

private:
    [[nodiscard]] result<std::optional<model::grant>> read_joined(query& q, const ulid& tenant,
                                                                  const connection_name& connection);

    sqlite_handle& db_;
    row_sealer& sealer_;
    statement find_{db_, std::string("SELECT ") + grant_columns +
                             " FROM grants WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
    statement list_{db_, std::string("SELECT ") + grant_columns +
                             " FROM grants WHERE tenant_id = ?1 AND connection = ?2 AND app > ?3 ORDER BY app LIMIT "
                             "?4"};
    // Two joins, not one with IN: that would fill a temporary b-tree with the two names at every vend.
    statement vend_facts_{
        db_, "SELECT " + columns_of("c", connection_columns) + ", " + columns_of("g", grant_columns) + ", " +
                 columns_of("a", grant_columns) +
                 " FROM connections c "
                 "LEFT JOIN grants g ON g.tenant_id = c.tenant_id AND g.connection = c.name AND g.app = ?3 "
                 "LEFT JOIN grants a ON a.tenant_id = c.tenant_id AND a.connection = c.name AND a.app = '*' "
                 "WHERE c.tenant_id = ?1 AND c.name = ?2"};
    statement insert_{db_, std::string("INSERT INTO grants (tenant_id, connection, ") + grant_columns +
                               ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"};
    statement update_{
        db_,
        "UPDATE grants SET max_duration_seconds = ?4, expires_at = ?5, reason = ?6, revision = ?7, seal = ?8 "
        "WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
    statement remove_{db_, "DELETE FROM grants WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
};

/// grant_columns; tenant and connection are known.
[[nodiscard]] result<model::grant> read_grant(query& q, const ulid& tenant, const connection_name& connection,
                                              row_sealer& sealer, seal_use use);

}  // namespace hourkey::store
