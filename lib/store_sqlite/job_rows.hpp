#pragma once

#include "core/failure.hpp"
#include "model/connection.hpp"
#include "model/job.hpp"
#include "store_sqlite/sqlite.hpp"

#include <optional>
#include <vector>

namespace hourkey::store {

class job_rows {
public:
    explicit job_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<std::optional<model::job>> find(const model::job_key& key);
    /// In the order of their times: those that nobody is at.
    [[nodiscard]] result<std::vector<model::job>> list_due(model::job_kind kind, wall_time now, std::size_t limit);
    /// Connections in use that no job of this kind is about which is due by then.
    [[nodiscard]] result<std::vector<model::connection_place>> list_connections_without(model::job_kind kind,
                                                                                        wall_time due_by,
                                                                                        std::size_t limit);
    [[nodiscard]] result<> insert(const model::job& j);
    /// All but the key.
    [[nodiscard]] result<> update(const model::job& j);
    [[nodiscard]] result<> remove(const model::job_key& key);
    [[nodiscard]] result<> end_leases();

private:
    [[nodiscard]] static result<> write(statement& into, const model::job& j);

    static constexpr const char* columns =
        "kind, tenant_id, target, id, detail, created_at, next_at, attempts, last_error, owner, lease_until";

    sqlite_handle& db_;
    statement find_{db_,
                    std::string("SELECT ") + columns + " FROM jobs WHERE kind = ?1 AND tenant_id = ?2 AND target = ?3"};
    statement due_{db_, std::string("SELECT ") + columns +
                            " FROM jobs WHERE kind = ?1 AND next_at <= ?2 AND (lease_until IS NULL OR "
                            "lease_until <= ?2 OR lease_until > ?3) ORDER BY next_at LIMIT ?4"};
    statement without_{db_,
                       "SELECT c.tenant_id, t.name, c.name FROM connections c JOIN tenants t ON t.id = c.tenant_id "
                       "WHERE c.state IN ('active', 'degraded') AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = ?1 "
                       "AND j.tenant_id = c.tenant_id AND j.target = 'connections/' || c.name AND j.next_at <= ?2) "
                       "LIMIT ?3"};
    statement insert_{
        db_, std::string("INSERT INTO jobs (") + columns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
    statement update_{
        db_,
        "UPDATE jobs SET id = ?4, detail = ?5, created_at = ?6, next_at = ?7, attempts = ?8, last_error = ?9, "
        "owner = ?10, lease_until = ?11 WHERE kind = ?1 AND tenant_id = ?2 AND target = ?3"};
    statement end_leases_{db_, "UPDATE jobs SET owner = NULL, lease_until = NULL WHERE owner IS NOT NULL"};
    statement remove_{db_, "DELETE FROM jobs WHERE kind = ?1 AND tenant_id = ?2 AND target = ?3"};
};

}  // namespace hourkey::store
