#pragma once

#include "store/reader.hpp"
#include "store/reseal.hpp"
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
    /// What a look at it at this time found; none: it proved nothing. Found again in the state that it had, it is
    /// unchanged, and only its times move.
    virtual result<row_change<model::connection>> set_connection_state(const ulid& tenant, const connection_name& name,
                                                                       std::optional<model::connection_state> found,
                                                                       wall_time at, precondition demanded) = 0;
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

    /// The job as it is there now: a second one of its key only brings the first one's time forward, unless somebody is
    /// at that one: what they do may have come too early for the second, which is there when they end.
    virtual result<model::job> put_job(const model::job& j) = 0;
    /// One more try, for whoever has the lease; none when it is not due, is another job by now, or somebody else is at
    /// it.
    virtual result<std::optional<model::job>> take_job(const model::job_key& key, const ulid& id,
                                                       const model::job_lease& lease) = 0;
    /// `j` as it was put or taken. Nothing when it is somebody else's by now; when it was put anew meanwhile, only the
    /// lease ends.
    virtual result<> end_job(const model::job& j) = 0;
    /// The same, and it is tried again then; `error` says why, and without one its tries count anew.
    virtual result<> postpone_job(const model::job& j, wall_time until, const std::string& error) = 0;
    /// Whoever is at a job is not there any more.
    virtual result<> end_leases() = 0;

    /// The active server key becomes old, and this one, a newer one, active: for whatever is made after the commit.
    /// already_exists when it is the active one.
    virtual result<> rotate_key(std::uint8_t id, const model::audit_hash& check) = 0;
    /// An old key whose tokens and seals are gone. in_use says what still needs it; not_found, and
    /// already_exists for one that is retired.
    virtual result<> retire_key(std::uint8_t id) = 0;
    /// Seals rows of other keys anew, at most `most` of them behind `from`. No revision, no epoch, no record: what they
    /// say is what they said.
    virtual result<reseal_step> reseal(const reseal_place& from, std::size_t most) = 0;

    /// Appends to the chain; fills seq, tenant_seq and hash of what it stores.
    virtual result<std::uint64_t> append_audit(model::audit_record record) = 0;

    /// Authorisation as this transaction sees it (see database::authorisation()).
    [[nodiscard]] virtual model::authorisation_mark mark() const noexcept = 0;
    /// By the store's clock.
    [[nodiscard]] virtual wall_time now() const = 0;
};

}  // namespace hourkey::store
