#pragma once

#include "store/reader.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

/// The statements on tenants and apps of one connection.
class tenant_rows {
public:
    explicit tenant_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<std::optional<model::tenant>> find(const tenant_name& name);
    [[nodiscard]] result<std::optional<model::tenant>> find_by_id(const ulid& id);
    [[nodiscard]] result<page<model::tenant>> list(const page_request& p);
    [[nodiscard]] result<> insert(const model::tenant& t);
    /// in_use while it has apps or connections. Its tokens go with it.
    [[nodiscard]] result<> remove(const ulid& id);

private:
    sqlite_handle& db_;
    statement find_{db_, "SELECT id, name, created_at, revision FROM tenants WHERE name = ?1"};
    statement list_{db_, "SELECT id, name, created_at, revision FROM tenants WHERE name > ?1 ORDER BY name LIMIT ?2"};
    statement find_by_id_{db_, "SELECT id, name, created_at, revision FROM tenants WHERE id = ?1"};
    statement insert_{db_, "INSERT INTO tenants (id, name, created_at, revision) VALUES (?1, ?2, ?3, ?4)"};
    statement is_used_{db_,
                       "SELECT EXISTS (SELECT 1 FROM apps WHERE tenant_id = ?1) OR EXISTS (SELECT 1 FROM connections "
                       "WHERE tenant_id = ?1)"};
    statement remove_{db_, "DELETE FROM tenants WHERE id = ?1"};
};

/// The columns id to revision, in the table's order.
[[nodiscard]] result<model::tenant> read_tenant(query& q);

}  // namespace hourkey::store
