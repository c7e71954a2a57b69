#pragma once

#include "store/reader.hpp"

namespace hourkey::store {

/// What a write may do, on the writer's connection: everything it reads is what the transaction sees.
/// Changes to something that is not there fail with not_found; a second creation with already_exists; a change whose
/// `expected_revision` (If-Match) is given and differs with revision_mismatch.
class transaction : public reader {
public:
    using revision = std::optional<std::uint64_t>;

    virtual result<model::tenant> create_tenant(const model::tenant& t) = 0;
    virtual result<> delete_tenant(const tenant_name& name, revision expected) = 0;  ///< in_use while it has apps or connections

    struct put_outcome {
        bool created = false;
        std::uint64_t revision = 1;
    };
    virtual result<put_outcome> put_app(const model::app& a, revision expected) = 0;
    virtual result<> delete_app(const ulid& tenant, const app_name& name, revision expected) = 0;  ///< and its grants; its tokens are revoked
    /// A changed role ARN or region puts the connection back to pending. The external id given is used on creation only.
    virtual result<put_outcome> put_connection(const model::connection& c, revision expected) = 0;
    virtual result<> set_connection_state(const ulid& tenant, const connection_name& name, model::connection_state state, wall_time verified_at,
                                          std::uint64_t expected_revision) = 0;
    virtual result<> delete_connection(const ulid& tenant, const connection_name& name, revision expected) = 0;  ///< and its grants
    virtual result<put_outcome> put_grant(const model::grant& g, revision expected) = 0;
    virtual result<> delete_grant(const ulid& tenant, const connection_name& connection, const std::optional<app_name>& app, revision expected) = 0;

    virtual result<> create_token(const model::token& t) = 0;
    virtual result<> revoke_token(const ulid& tenant, const ulid& id, wall_time at) = 0;  ///< nil tenant: an operator's
    virtual result<> touch_token(const ulid& tenant, const ulid& id, wall_time used_at) = 0;                  ///< no epoch change

    /// Appends to the chain; fills seq, tenant_seq and hash of what it stores.
    virtual result<std::uint64_t> append_audit(const model::audit_record& record) = 0;

    /// The authorisation epoch as this transaction sees it (see database::authorisation_epoch).
    [[nodiscard]] virtual std::uint64_t epoch() const noexcept = 0;
};

}  // namespace hourkey::store
