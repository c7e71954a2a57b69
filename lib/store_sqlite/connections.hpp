#pragma once

#include "store/reader.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

/// What decides as it stands, then when, then what is for clients.
inline constexpr const char* connection_columns =
    "tenant_id, name, kind, state, role_arn, account_id, region, external_id, capabilities, created_at, verified_at, "
    "last_checked_at, default_region, session_sharing, revision, seal";

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
    statement find_{
        db_, std::string("SELECT ") + connection_columns + " FROM connections WHERE tenant_id = ?1 AND name = ?2"};
    statement list_{db_, std::string("SELECT ") + connection_columns +
                             " FROM connections WHERE tenant_id = ?1 AND name > ?2 ORDER BY name LIMIT ?3"};
    statement reserve_{db_, "INSERT INTO external_ids (external_id, tenant_id, connection) VALUES (?1, ?2, ?3)"};
    statement insert_{db_, std::string("INSERT INTO connections (") + connection_columns +
                               ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"};
    statement update_{db_,
                      "UPDATE connections SET kind = ?3, state = ?4, role_arn = ?5, account_id = ?6, region = ?7, "
                      "capabilities = ?8, verified_at = ?9, last_checked_at = ?10, default_region = ?11, "
                      "session_sharing = ?12, revision = ?13, seal = ?14 "
                      "WHERE tenant_id = ?1 AND name = ?2"};
    statement remove_{db_, "DELETE FROM connections WHERE tenant_id = ?1 AND name = ?2"};
};

/// connection_columns. broken_seal, which names row and column, also for a text that is no value of its column.
[[nodiscard]] result<model::connection> read_connection(query& q, row_sealer& sealer, seal_use use);

/// The same of a row that may be anybody's.
struct found_connection {
    model::connection row;     ///< without what is no value of its column
    std::string_view unread{}; ///< the first column of which that is so; empty: none
    row_seal seal{};

    /// broken_seal when it is not ours.
    [[nodiscard]] result<> check(row_sealer& sealer) const;
};
[[nodiscard]] result<found_connection> read_any_connection(query& q);

}  // namespace hourkey::store
