#pragma once

#include "store/reader.hpp"
#include "store_sqlite/sqlite.hpp"

namespace hourkey::store {

class audit_rows {
public:
    explicit audit_rows(sqlite_handle& db) : db_(db) {}

    [[nodiscard]] result<page<model::audit_record>> list(const ulid& tenant, const page_request& p);
    [[nodiscard]] result<model::audit_run> read_chain(std::uint64_t after, std::size_t limit);
    [[nodiscard]] result<reader::head> read_head();
    [[nodiscard]] result<std::uint64_t> last_tenant_seq(const ulid& tenant);  ///< 0: none

    [[nodiscard]] result<> insert(const model::audit_record& r);
    [[nodiscard]] result<> move_head(const reader::head& h);

private:
    sqlite_handle& db_;
    statement list_{db_,
                    "SELECT seq, tenant_seq, time, request_id, action, outcome, reason, tenant_id, tenant, app, "
                    "actor_role, token_id, client_address, "
                    "connection, role_arn, session_name, access_key_id, sts_request_id, aws_code, requested_seconds, "
                    "expiration, target, before_state, "
                    "after_state, count, hash "
                    "FROM audit WHERE tenant_id = ?1 AND tenant_seq > ?2 ORDER BY tenant_seq LIMIT ?3"};
    statement chain_{db_,
                     "SELECT seq, tenant_seq, time, request_id, action, outcome, reason, tenant_id, tenant, app, "
                     "actor_role, token_id, client_address, "
                     "connection, role_arn, session_name, access_key_id, sts_request_id, aws_code, requested_seconds, "
                     "expiration, target, before_state, "
                     "after_state, count, hash "
                     "FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2"};
    statement head_{db_, "SELECT seq, hash, seal FROM audit_head WHERE id = 1"};
    statement last_tenant_seq_{db_, "SELECT coalesce(max(tenant_seq), 0) FROM audit WHERE tenant_id = ?1"};
    statement insert_{db_,
                      "INSERT INTO audit (seq, tenant_seq, time, request_id, action, outcome, reason, tenant_id, "
                      "tenant, app, actor_role, token_id, "
                      "client_address, connection, role_arn, session_name, access_key_id, sts_request_id, aws_code, "
                      "requested_seconds, expiration, target, "
                      "before_state, after_state, count, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
                      "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, "
                      "?20, ?21, ?22, ?23, ?24, ?25, ?26)"};
    statement move_head_{db_, "UPDATE audit_head SET seq = ?1, hash = ?2, seal = ?3 WHERE id = 1"};
};

}  // namespace hourkey::store
