#pragma once

#include "aws/region.hpp"
#include "model/principal.hpp"
#include "policy/rate_limits.hpp"
#include "server/adapters/sts_shares.hpp"
#include "store/database.hpp"
#include "sts/client.hpp"

#include <optional>

namespace hourkey::server {

/// The one way to a session at AWS STS for whoever asks hourkey, vends and verifications alike: nobody makes one that
/// could not be recorded, or more of them than is its share. Whoever is let in records the session, whatever becomes of
/// it.
class session_gate {
public:
    session_gate(sts::client& client, store::database& database, policy::rate_limits& rates, sts_shares& shares,
                 const clock_source& clock)
        : client_(client), database_(database), rates_(rates), shares_(shares), clock_(clock) {}

    /// Good for one session. Only the gate makes one.
    class permit {
    public:
        permit(permit&&) = default;
        permit& operator=(permit&&) = default;

    private:
        friend class session_gate;
        explicit permit(const ulid& whose) : tenant_(whose) {}
        ulid tenant_;
    };

    /// audit_unavailable or rate_limited: AWS is not asked then.
    [[nodiscard]] result<permit> admit(const model::principal& who);
    /// Also fails with sts_timeout when the tenant's turn among the calls to that region has not come in time.
    [[nodiscard]] task<result<sts::assumed_role>> open(permit by, aws::assume_role_request what, deadline until,
                                                       std::optional<aws::region> in);

private:
    sts::client& client_;
    store::database& database_;
    policy::rate_limits& rates_;
    sts_shares& shares_;
    const clock_source& clock_;
};

}  // namespace hourkey::server
