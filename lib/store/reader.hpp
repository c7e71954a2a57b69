#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"
#include "model/audit_record.hpp"
#include "model/audit_target.hpp"
#include "model/connection.hpp"
#include "model/grant.hpp"
#include "model/job.hpp"
#include "model/server_key.hpp"
#include "model/tenant.hpp"
#include "model/token.hpp"
#include "model/vend_view.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace hourkey::store {

/// One page of a list.
template <class T>
struct page {
    std::vector<T> items;
    std::string next{};  ///< the cursor for the page after; empty at the end
    std::string last{};  ///< the cursor for what comes behind the last item, now or later; empty without items
};

struct page_request {
    std::string cursor;  ///< as a page gave it (store/cursor.hpp); empty: from the start
    std::size_t limit = 100;  ///< 1..1000
};

/// Reads on one connection; statements are prepared once. Not for use by two threads.
/// Everything below a tenant takes the tenant's id, and every statement carries it.
/// Failures: store_unavailable, store_corrupt; broken_seal for a row that something else has written.
class reader {
public:
    virtual ~reader() = default;

    virtual result<std::optional<model::token>> find_token(const ulid& id) = 0;  ///< before the tenant is known
    /// In one snapshot, marked as no newer than it is. Without a connection, or for a token that is no app's, there are
    /// no facts.
    virtual result<model::vend_view> read_vend(const ulid& token, const std::optional<connection_name>& connection) = 0;

    virtual result<std::optional<model::tenant>> find_tenant(const tenant_name& name) = 0;
    virtual result<page<model::tenant>> list_tenants(const page_request& p) = 0;
    virtual result<std::optional<model::app>> find_app(const ulid& tenant, const app_name& name) = 0;
    virtual result<page<model::app>> list_apps(const ulid& tenant, const page_request& p) = 0;
    virtual result<std::optional<model::connection>> find_connection(const ulid& tenant,
                                                                     const connection_name& name) = 0;
    virtual result<page<model::connection>> list_connections(const ulid& tenant, const page_request& p) = 0;
    virtual result<std::optional<model::grant>> find_grant(const ulid& tenant, const connection_name& connection,
                                                           const std::optional<app_name>& app) = 0;
    virtual result<page<model::grant>> list_grants(const ulid& tenant, const connection_name& connection,
                                                   const page_request& p) = 0;
    virtual result<std::optional<model::token>> find_tenant_token(const ulid& tenant, const ulid& id) = 0;
    virtual result<page<model::token>> list_tokens(const ulid& tenant, const page_request& p) = 0;
    /// In tenant_seq order, oldest first.
    virtual result<page<model::audit_record>> list_audit(const ulid& tenant, const page_request& p) = 0;

    /// The whole chain in seq order from `after`, for verification and export; after 0 it begins with whatever stands
    /// first.
    virtual result<model::audit_run> read_chain(std::uint64_t after, std::size_t limit) = 0;
    /// The state of all tenants, for verification: rows behind the one that was read last, or from the first.
    virtual result<model::state_page> read_state(model::state_table table, const model::state_row* after,
                                                 std::size_t limit) = 0;
    virtual result<model::sealed_audit_head> read_head() = 0;

    virtual result<std::optional<model::job>> find_job(const model::job_key& key) = 0;
    /// Connections in use, of all tenants, that no job of this kind is about which is due by then; in no order.
    virtual result<std::vector<model::connection_place>> list_connections_without(model::job_kind kind,
                                                                                  wall_time due_by,
                                                                                  std::size_t limit) = 0;
    /// Of a kind, those that nobody is at, in the order of their times.
    virtual result<std::vector<model::job>> list_due_jobs(model::job_kind kind, wall_time now, std::size_t limit) = 0;
    /// The ring, as far as the store knows it; counts what stands under each key, which reads all rows.
    virtual result<std::vector<model::server_key>> list_keys(wall_time now) = 0;
};

}  // namespace hourkey::store
