#pragma once

#include "store/reader.hpp"
#include "store/row_change.hpp"

namespace hourkey::store {

/// What a write may do, on the writer's connection: everything it reads is what the transaction sees.
/// Changes to something that is not there fail with not_found; a second creation with already_exists; a change whose
/// precondition does not hold with revision_mismatch. One that would change nothing says so and writes nothing.
/// Revisions grow by one with each change and never come back, not even when the name is used anew.
class transaction : public reader {
public:
    virtual result<row_change<model::tenant>> create_tenant(const model::tenant& t) = 0;
    /// That tenant, and not one that has its name by now. in_use while it has apps or connections.
    virtual result<row_change<model::tenant>> delete_tenant(const ulid& id, precondition demanded) = 0;

    virtual result<row_change<model::app>> put_app(const model::app& a, precondition demanded) = 0;
    /// And its grants; its tokens are revoked.
    virtual result<row_change<model::app>> delete_app(const ulid& tenant, const app_name& name, wall_time at,
                                                      precondition demanded) = 0;
    /// A changed role ARN or region puts the connection back to pending. The external id given is used on creation
    /// only.
    virtual result<row_change<model::connection>> put_connection(const model::connection& c, precondition demanded) = 0;
    /// What a look at it at this time found. Found again in the state that it had, it is unchanged, and only its times
    /// move.
    virtual result<row_change<model::connection>> set_connection_state(const ulid& tenant, const connection_name& name,
                                                                       model::connection_state state, wall_time at,
                                                                       precondition demanded) = 0;
    virtual result<row_change<model::connection>> delete_connection(const ulid& tenant, const connection_name& name,
                                                                    precondition demanded) = 0;  ///< and its grants
    virtual result<row_change<model::grant>> put_grant(const model::grant& g, precondition demanded) = 0;
    virtual result<row_change<model::grant>> delete_grant(const ulid& tenant, const connection_name& connection,
                                                          const std::optional<app_name>& app,
                                                          precondition demanded) = 0;

    virtual result<row_change<model::token>> create_token(const model::token& t) = 0;
    virtual result<row_change<model::token>> revoke_token(const ulid& tenant, const ulid& id,
                                                          wall_time at) = 0;  ///< nil tenant: an operator's
    virtual result<> touch_token(const ulid& tenant, const ulid& id, wall_time used_at) = 0;  ///< no epoch change

    /// Appends to the chain; fills seq, tenant_seq and hash of what it stores.
    virtual result<std::uint64_t> append_audit(model::audit_record record) = 0;

    /// Authorisation as this transaction sees it (see database::authorisation()).
    [[nodiscard]] virtual model::authorisation_mark mark() const noexcept = 0;
    /// By the store's clock.
    [[nodiscard]] virtual wall_time now() const = 0;
};

}  // namespace hourkey::store
