#pragma once

#include "core/failure.hpp"
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
    [[nodiscard]] result<std::vector<model::job>> list_due(wall_time now, std::size_t limit);
    [[nodiscard]] result<> insert(const model::job& j);
    /// All but key and id.
    [[nodiscard]] result<> update(const model::job& j);
    [[nodiscard]] result<> remove(const model::job_key& key);

private:
    static constexpr const char* columns =
        "kind, tenant_id, target, id, detail, created_at, next_at, attempts, last_error, owner, lease_until";

    sqlite_handle& db_;
    statement find_{db_,
                    std::string("SELECT ") + columns + " FROM jobs WHERE kind = ?1 AND tenant_id = ?2 AND target = ?3"};
    statement due_{db_, std::string("SELECT ") + columns +
                            " FROM jobs WHERE next_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?1) "
                            "ORDER BY next_at LIMIT ?2"};
    statement insert_{
        db_, std::string("INSERT INTO jobs (") + columns + ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
    statement update_{db_,
                      "UPDATE jobs SET detail = ?4, next_at = ?5, attempts = ?6, last_error = ?7, owner = ?8, "
                      "lease_until = ?9 WHERE kind = ?1 AND tenant_id = ?2 AND target = ?3"};
    statement remove_{db_, "DELETE FROM jobs WHERE kind = ?1 AND tenant_id = ?2 AND target = ?3"};
};

}  // namespace hourkey::store
