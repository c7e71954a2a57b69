#pragma once

#include "store/reader.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

class audit_rows {
public:
    explicit audit_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<page<model::audit_record>> list(const ulid& tenant, const page_request& p);
    [[nodiscard]] result<model::audit_run> read_chain(std::uint64_t after, std::size_t limit);
    [[nodiscard]] result<model::sealed_audit_head> read_head();
    [[nodiscard]] result<std::uint64_t> last_tenant_seq(const ulid& tenant);  ///< 0: none

    [[nodiscard]] result<> insert(const model::audit_record& r);
    [[nodiscard]] result<> move_head(const model::sealed_audit_head& h);

private:
    static constexpr const char* columns =
        "seq, writer, tenant_seq, format, key, time, request_id, action, outcome, reason, tenant_id, tenant, app, "
        "actor, actor_role, token_id, client_address, connection, role_arn, session_name, access_key_id, "
        "sts_request_id, aws_code, requested_seconds, expiration, target, detail, count, hash";

    sqlite_handle& db_;
    statement list_{db_, std::string("SELECT ") + columns +
                             " FROM audit WHERE tenant_id = ?1 AND tenant_seq > ?2 ORDER BY tenant_seq LIMIT ?3"};
    statement chain_{db_, std::string("SELECT ") + columns + " FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
    statement head_{db_, "SELECT slot, seq, hash, key, seal FROM audit_writers WHERE slot = 0"};
    statement last_tenant_seq_{db_, "SELECT coalesce(max(tenant_seq), 0) FROM audit WHERE tenant_id = ?1"};
    statement insert_{db_, std::string("INSERT INTO audit (") + columns +
                               ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
                               "?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)"};
    statement move_head_{db_, "UPDATE audit_writers SET seq = ?1, hash = ?2, key = ?3, seal = ?4 WHERE slot = 0"};
};

}  // namespace hourkey::store
