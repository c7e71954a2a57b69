#pragma once

#include "store/reader.hpp"
#include "store/sqlite.hpp"

namespace hourkey::store {

class grant_rows {
public:
    explicit grant_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<std::optional<model::grant>> find(const ulid& tenant, const connection_name& connection, const std::optional<app_name>& app);
    [[nodiscard]] result<page<model::grant>> list(const ulid& tenant, const connection_name& connection, const page_request& p);
    /// One statement and so one snapshot: this is read on every vend.
    [[nodiscard]] result<vend_facts> find_vend_facts(const ulid& tenant, const app_name& app, const connection_name& connection);
    [[nodiscard]] result<> insert(const model::grant& g);
    [[nodiscard]] result<> update(const model::grant& g);
    [[nodiscard]] result<> remove(const ulid& tenant, const connection_name& connection, const std::optional<app_name>& app);

private:
    sqlite_handle& db_;
    statement find_{db_,
                    "SELECT app, max_duration_seconds, expires_at, reason, created_at, revision "
                    "FROM grants WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
    statement list_{db_,
                    "SELECT app, max_duration_seconds, expires_at, reason, created_at, revision "
                    "FROM grants WHERE tenant_id = ?1 AND connection = ?2 AND app > ?3 ORDER BY app LIMIT ?4"};
    // Two joins, not one with IN: that would fill a temporary b-tree with the two names at every vend.
    statement vend_facts_{db_,
                          "SELECT c.tenant_id, c.name, c.state, c.role_arn, c.account_id, c.region, c.external_id, c.created_at, c.verified_at, c.revision, "
                          "g.app, g.max_duration_seconds, g.expires_at, g.reason, g.created_at, g.revision, "
                          "a.app, a.max_duration_seconds, a.expires_at, a.reason, a.created_at, a.revision "
                          "FROM connections c "
                          "LEFT JOIN grants g ON g.tenant_id = c.tenant_id AND g.connection = c.name AND g.app = ?3 "
                          "LEFT JOIN grants a ON a.tenant_id = c.tenant_id AND a.connection = c.name AND a.app = '*' "
                          "WHERE c.tenant_id = ?1 AND c.name = ?2"};
    statement insert_{db_,
                      "INSERT INTO grants (tenant_id, connection, app, max_duration_seconds, expires_at, reason, created_at, revision) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
    statement update_{db_,
                      "UPDATE grants SET max_duration_seconds = ?4, expires_at = ?5, reason = ?6, revision = ?7 "
                      "WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
    statement remove_{db_, "DELETE FROM grants WHERE tenant_id = ?1 AND connection = ?2 AND app = ?3"};
};

}  // namespace hourkey::store
