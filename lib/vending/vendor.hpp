#pragma once

#include "policy/vend_decision.hpp"
#include "vending/held_vends.hpp"
#include "vending/ports.hpp"
#include "vending/vended.hpp"

namespace hourkey::vending {

struct vend_request {
    /// None: what was asked for cannot be a name, so there is no such connection.
    std::optional<connection_name> connection;
    policy::vend_limits limits;
    std::string request_id;
    std::string client_address;
    vend_store::view_ptr view;  ///< with which the caller was authenticated; never null for vend()
    bool view_is_kept = false;  ///< from an earlier request: it may allow, and a refusal is read anew
};

/// STS's clock is known to this once the skew is; a session asked for N seconds is taken to live N.
inline constexpr std::chrono::seconds ttl_tolerance{30};

/// The heart: caller + connection -> decision -> AssumeRole -> audit record committed -> credentials. One per reactor.
class vendor {
public:
    vendor(vend_store& store, role_assumer& assumer, std::chrono::seconds default_duration, const clock_source& clock);

    /// Exactly one audit record for each call that ends with an answer, committed before this returns: granted, denied
    /// or error. When it cannot be committed the credentials are wiped and the failure is audit_unavailable.
    [[nodiscard]] task<result<vended>> vend(model::principal who, vend_request what, deadline until);

    /// The same, for clients that read one field a request: what this token got of this connection just before is
    /// handed out once more, when it rests on the same and would be approved alike. Recorded as `reissued`.
    [[nodiscard]] task<result<vended>> vend_or_reissue(model::principal who, vend_request what, deadline until,
                                                       held_vends& held);

    /// What vend() would refuse before AWS is asked, with its record; of what it would not, nothing is recorded.
    [[nodiscard]] task<result<>> check(model::principal who, vend_request what);

    /// Records an end that gave nobody anything, with the outcome that the error table has for it; returns what to
    /// answer: `why`, or audit_unavailable when it could not be recorded.
    [[nodiscard]] task<failure> end_without(model::audit_record record, failure why);

private:
    /// Refused: `record` is on record.
    [[nodiscard]] task<result<policy::vend_approval>> approve(const model::principal& who, vend_request& what,
                                                              model::audit_record& record);
    [[nodiscard]] task<result<vended>> assume(model::principal who, vend_request what, model::audit_record record,
                                              policy::vend_approval approval, deadline until);
    [[nodiscard]] task<result<vended>> reissue(model::principal who, const vend_request& what,
                                               model::audit_record record, held_vend known);
    [[nodiscard]] result<policy::vend_approval> decide(const model::principal& who, const policy::vend_limits& wanted,
                                                       const model::vend_view& view,
                                                       const policy::vend_terms& terms) const;

    vend_store& store_;
    role_assumer& assumer_;
    std::chrono::seconds default_duration_;
    const clock_source& clock_;
};

/// The fields of a vend's record that are known before the decision.
[[nodiscard]] model::audit_record begin_record(const model::principal& who, const vend_request& what, wall_time now);

}  // namespace hourkey::vending
