#pragma once

#include "store_sqlite/apps.hpp"
#include "store_sqlite/audit_rows.hpp"
#include "store_sqlite/connections.hpp"
#include "store_sqlite/grants.hpp"
#include "store_sqlite/job_rows.hpp"
#include "store_sqlite/key_needs.hpp"
#include "store_sqlite/key_rows.hpp"
#include "store_sqlite/resealing.hpp"
#include "store_sqlite/revisions.hpp"
#include "store_sqlite/row_seal.hpp"
#include "store_sqlite/state_rows.hpp"
#include "store_sqlite/tenants.hpp"
#include "store_sqlite/tokens.hpp"

namespace hourkey::store {

/// All statements of one connection.
struct row_sets {
    row_sets(sqlite_handle& db, std::shared_ptr<const row_keys> ring)
        : sealer(std::move(ring)),
          tenants(db),
          apps(db),
          connections(db, sealer),
          grants(db, sealer),
          tokens(db, sealer),
          audit(db),
          revisions(db),
          state(db, sealer),
          jobs(db),
          keys(db),
          key_use(db, sealer),
          unsealed(db, sealer) {}
    row_sealer sealer;
    tenant_rows tenants;
    app_rows apps;
    connection_rows connections;
    grant_rows grants;
    token_rows tokens;
    audit_rows audit;
    revision_rows revisions;
    state_rows state;
    job_rows jobs;
    key_rows keys;
    key_needs key_use;
    resealing unsealed;
};

/// The reads, for Base = reader and for Base = transaction.
template <class Base>
class reading : public Base {
public:
    reading(sqlite_handle& db, std::shared_ptr<const row_keys> keys) : rows_(db, std::move(keys)) {}

    result<std::optional<model::token>> find_token(const ulid& id) override { return rows_.tokens.find(id); }
    result<std::optional<model::tenant>> find_tenant(const tenant_name& name) override {
        return rows_.tenants.find(name);
    }
    result<page<model::tenant>> list_tenants(const page_request& p) override { return rows_.tenants.list(p); }
    result<std::optional<model::app>> find_app(const ulid& tenant, const app_name& name) override {
        return rows_.apps.find(tenant, name);
    }
    result<page<model::app>> list_apps(const ulid& tenant, const page_request& p) override {
        return rows_.apps.list(tenant, p);
    }
    result<std::optional<model::connection>> find_connection(const ulid& tenant, const connection_name& name) override {
        return rows_.connections.find(tenant, name);
    }
    result<page<model::connection>> list_connections(const ulid& tenant, const page_request& p) override {
        return rows_.connections.list(tenant, p);
    }
    result<std::optional<model::grant>> find_grant(const ulid& tenant, const connection_name& connection,
                                                   const std::optional<app_name>& app) override {
        return rows_.grants.find(tenant, connection, app);
    }
    result<page<model::grant>> list_grants(const ulid& tenant, const connection_name& connection,
                                           const page_request& p) override {
        return rows_.grants.list(tenant, connection, p);
    }
    result<std::optional<model::token>> find_tenant_token(const ulid& tenant, const ulid& id) override {
        return rows_.tokens.find_of_tenant(tenant, id);
    }
    result<page<model::token>> list_tokens(const ulid& tenant, const page_request& p) override {
        return rows_.tokens.list(tenant, p);
    }
    result<page<model::audit_record>> list_audit(const ulid& tenant, const page_request& p) override {
        return rows_.audit.list(tenant, p);
    }
    result<model::audit_run> read_chain(std::uint64_t after, std::size_t limit) override {
        return rows_.audit.read_chain(after, limit);
    }
    result<model::state_page> read_state(model::state_table table, const model::state_row* after,
                                         std::size_t limit) override {
        return rows_.state.read(table, after, limit);
    }
    result<model::sealed_audit_head> read_head() override { return rows_.audit.read_head(); }
    result<std::optional<model::job>> find_job(const model::job_key& key) override { return rows_.jobs.find(key); }
    result<std::vector<model::connection_place>> list_connections_without(model::job_kind kind, wall_time due_by,
                                                                          std::size_t limit) override {
        return rows_.jobs.list_connections_without(kind, due_by, limit);
    }
    result<std::vector<model::job>> list_due_jobs(model::job_kind kind, wall_time now, std::size_t limit) override {
        return rows_.jobs.list_due(kind, now, limit);
    }
    result<std::vector<model::server_key>> list_keys(wall_time now) override {
        HK_TRY(auto keys, rows_.keys.list());
        for (auto& key : keys) {
            HK_TRY(key.living_tokens, rows_.key_use.count_living_tokens(key.id, now));
            HK_TRY(key.sealed_rows, rows_.key_use.count_sealed_rows(key.id));
        }
        return keys;
    }

protected:
    /// In the transaction that is open.
    [[nodiscard]] result<model::vend_view> read_vend_rows(const ulid& token,
                                                          const std::optional<connection_name>& connection,
                                                          model::authorisation_mark seen) {
        model::vend_view view{.token = {}, .facts = model::vend_facts{}, .seen = seen};
        HK_TRY(view.token, rows_.tokens.find(token));
        if (view.token && view.token->app && connection)
            view.facts = rows_.grants.find_vend_facts(view.token->tenant_id, *view.token->app, *connection);
        return view;
    }

    row_sets rows_;
};

}  // namespace hourkey::store
