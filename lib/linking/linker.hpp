#pragma once

#include "linking/connection_request.hpp"
#include "linking/open_findings.hpp"
#include "linking/ports.hpp"
#include "linking/verdict.hpp"
#include "linking/verifier.hpp"
#include "model/job.hpp"
#include "store/database.hpp"
#include "tenancy/asker.hpp"

#include <optional>
#include <vector>

namespace hourkey::linking {

/// What a verification tells its asker.
struct verified {
    model::connection_state state{};
    bool is_proved = false;  ///< else the state is what it was
    std::vector<step> steps;
};

/// A tenant's links to AWS accounts: made, proved, unmade. One per reactor.
class linker {
public:
    linker(store::database& database, open_findings& findings, trust_probe& probe, const host& in,
           const clock_source& clock)
        : database_(database),
          findings_(findings),
          probe_(probe),
          host_(in),
          clock_(clock),
          keeper_(database, findings, in) {}

    using outcome = store::row_change<model::connection>;
    /// Pending as long as nobody has verified it, with an external id of our own.
    [[nodiscard]] task<result<outcome>> put(tenancy::asker by, connection_request wanted,
                                            store::precondition demanded) const;
    [[nodiscard]] task<result<outcome>> remove(tenancy::asker by, connection_name name,
                                               store::precondition demanded) const;
    /// Asks AWS, and keeps what it proves, whoever asked. A job that is there before AWS is asked makes it again when
    /// the verdict was not stored. Fails as the three calls do when AWS was not asked, as the store does, and when the
    /// connection or the asker's token is not any more what it was.
    [[nodiscard]] task<result<verified>> verify(tenancy::asker by, connection_name name, deadline until) const;
    /// The same by the server itself, for a job. None when there is nothing to verify any more.
    [[nodiscard]] task<result<std::optional<verified>>> verify_again(model::job j, deadline until) const;
    /// Connections in use that no look is planned at within the time that is set now get one: a start may have set
    /// another. False: there may be more.
    [[nodiscard]] task<result<bool>> plan_rechecks() const;
    /// When a connection is looked at again, unasked; none: never.
    [[nodiscard]] std::optional<wall_time> next_recheck() const;

    /// The row as it counts: a finding that is not stored yet does all the same.
    [[nodiscard]] model::connection as_it_stands(model::connection row) const;
    [[nodiscard]] own_identity identity() const { return host_.identity(); }

private:
    [[nodiscard]] task<result<std::optional<model::connection>>> find(ulid tenant, connection_name name) const;
    [[nodiscard]] task<result<model::job>> put_unfinished(tenancy::asker by, connection_name name) const;
    [[nodiscard]] task<result<>> drop(model::job unfinished) const;
    [[nodiscard]] task<result<verified>> verify_row(tenancy::asker by, model::connection row,
                                                    std::optional<model::job> unfinished, deadline until) const;

    store::database& database_;
    open_findings& findings_;
    trust_probe& probe_;
    const host& host_;
    const clock_source& clock_;
    verdict_keeper keeper_;
};

}  // namespace hourkey::linking
