#pragma once

#include "store/reader.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

class app_rows {
public:
    explicit app_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<std::optional<model::app>> find(const ulid& tenant, const app_name& name);
    [[nodiscard]] result<page<model::app>> list(const ulid& tenant, const page_request& p);
    [[nodiscard]] result<> insert(const model::app& a);
    /// Its grants go with it; its live tokens must have been revoked.
    [[nodiscard]] result<> remove(const ulid& tenant, const app_name& name);

private:
    sqlite_handle& db_;
    statement find_{db_, "SELECT tenant_id, name, created_at, revision FROM apps WHERE tenant_id = ?1 AND name = ?2"};
    statement list_{db_,
                    "SELECT tenant_id, name, created_at, revision FROM apps WHERE tenant_id = ?1 AND name > ?2 ORDER "
                    "BY name LIMIT ?3"};
    statement insert_{db_, "INSERT INTO apps (tenant_id, name, created_at, revision) VALUES (?1, ?2, ?3, ?4)"};
    statement remove_{db_, "DELETE FROM apps WHERE tenant_id = ?1 AND name = ?2"};
};

/// The columns tenant_id to revision, in the table's order.
[[nodiscard]] result<model::app> read_app(query& q);

}  // namespace hourkey::store
