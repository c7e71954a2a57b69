#pragma once

#include "core/failure.hpp"
#include "store/reseal.hpp"
#include "store_sqlite/connections.hpp"
#include "store_sqlite/grants.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/sqlite.hpp"
#include "store_sqlite/tokens.hpp"

namespace hourkey::store {

/// Gives rows that another key than the active one has sealed a seal of the active one.
class resealing {
public:
    resealing(sqlite_handle& db, row_sealer& sealer) : db_(db), sealer_(sealer) {}

    /// At most `most` rows behind `from`, of one table.
    [[nodiscard]] result<reseal_step> step(const reseal_place& from, std::size_t most);

private:
    [[nodiscard]] result<reseal_step> of_connections(const reseal_place& from, std::size_t most);
    [[nodiscard]] result<reseal_step> of_grants(const reseal_place& from, std::size_t most);
    [[nodiscard]] result<reseal_step> of_tokens(const reseal_place& from, std::size_t most);

    sqlite_handle& db_;
    row_sealer& sealer_;
    // The seal and the key twice: once for who reads the row, once for what is done about it.
    statement connections_{db_, std::string("SELECT tenant_id, name, ") + connection_columns +
                                    " FROM connections WHERE (tenant_id, name) > (?2, ?3) AND substr(seal, 1, 1) <> ?1 "
                                    "ORDER BY tenant_id, name LIMIT ?4"};
    statement grants_{db_, std::string("SELECT tenant_id, connection, app, ") + grant_columns +
                               " FROM grants WHERE (tenant_id, connection, app) > (?2, ?3, ?4) AND "
                               "substr(seal, 1, 1) <> ?1 ORDER BY tenant_id, connection, app LIMIT ?5"};
    statement tokens_{db_, std::string("SELECT t.id, ") + token_columns + token_tables +
                               " WHERE t.id > ?2 AND substr(t.seal, 1, 1) <> ?1 ORDER BY t.id LIMIT ?3"};
    statement seal_connection_{db_, "UPDATE connections SET seal = ?3 WHERE tenant_id = ?1 AND name = ?2"};
    statement seal_grant_{db_, "UPDATE grants SET seal = ?4 WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
    statement seal_token_{db_, "UPDATE tokens SET seal = ?2 WHERE id = ?1"};
};

}  // namespace hourkey::store
