#pragma once

#include "model/audit_record.hpp"
#include "model/audit_target.hpp"
#include "store_sqlite/connections.hpp"
#include "store_sqlite/grants.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"
#include "store_sqlite/tokens.hpp"

namespace hourkey::store {

/// The state of all tenants as the audit sees it, page by page in the order of the tables' keys. Each page is one
/// snapshot, with the chain's last seq in it; between pages none is held.
class state_rows {
public:
    state_rows(sqlite_handle& db, row_sealer& sealer) : db_(db), sealer_(sealer) {}

    [[nodiscard]] result<model::state_page> read(model::state_table table, const model::state_row* after,
                                                 std::size_t limit);

private:
    [[nodiscard]] result<> read_rows(model::state_table table, const model::state_row* after, std::size_t limit,
                                     std::vector<model::state_row>& out);

    sqlite_handle& db_;
    row_sealer& sealer_;
    statement begin_{db_, "BEGIN"};
    statement end_{db_, "COMMIT"};
    statement seq_{db_, "SELECT seq FROM audit_writers WHERE slot = 0"};
    statement tenants_{db_, "SELECT id, name, created_at, revision FROM tenants WHERE id > ?1 ORDER BY id LIMIT ?2"};
    statement apps_{db_,
                    "SELECT tenant_id, name, created_at, revision FROM apps WHERE (tenant_id, name) > (?1, ?2) ORDER "
                    "BY tenant_id, name LIMIT ?3"};
    statement connections_{
        db_, std::string("SELECT ") + connection_columns +
                 " FROM connections WHERE (tenant_id, name) > (?1, ?2) ORDER BY tenant_id, name LIMIT ?3"};
    // The seal twice: once for who reads the row, once to be checked here.
    statement grants_{db_, std::string("SELECT tenant_id, connection, ") + grant_columns +
                               ", seal FROM grants WHERE (tenant_id, connection, app) > (?1, ?2, ?3) ORDER BY "
                               "tenant_id, connection, app LIMIT ?4"};
    statement tokens_{db_, std::string("SELECT ") + token_columns + ", t.seal" + token_tables +
                               " WHERE t.id > ?1 ORDER BY t.id LIMIT ?2"};
};

}  // namespace hourkey::store
