#pragma once

#include "core/task.hpp"
#include "linking/open_findings.hpp"
#include "linking/verifier.hpp"
#include "model/job.hpp"
#include "store/database.hpp"
#include "tenancy/asker.hpp"

#include <optional>
#include <vector>

namespace hourkey::linking {

/// A verification as it ended, and for whom it was made.
struct ended_verification {
    tenancy::asker by;
    model::connection seen;                 ///< what was verified
    std::optional<model::job> unfinished;   ///< makes it again; ends with what is kept
    verification found;
    wall_time at;
};

/// Records a verification with all sessions that it made at AWS, and gives the connection the state that it proves.
/// What raises trust is the asker's change, and their token must still be good; the server by itself only finds again
/// what somebody had found. What lowers it is the server's own: it is stored whoever asked, holds from this moment on,
/// and is tried again until it is stored.
class verdict_keeper {
public:
    verdict_keeper(store::database& database, open_findings& findings, const host& in)
        : database_(database), findings_(findings), host_(in) {}

    [[nodiscard]] task<result<>> keep(ended_verification v) const;

private:
    using records = std::vector<model::audit_record>;
    [[nodiscard]] task<result<>> keep_no_state(ended_verification v, records of) const;
    [[nodiscard]] task<result<>> keep_finding(ended_verification v, records of) const;
    [[nodiscard]] task<result<>> keep_change(ended_verification v, records of) const;
    /// The next look at what was found active; none: nobody wants one.
    [[nodiscard]] std::optional<model::job> plan_next(const ended_verification& v) const;

    store::database& database_;
    open_findings& findings_;
    const host& host_;
};

}  // namespace hourkey::linking
