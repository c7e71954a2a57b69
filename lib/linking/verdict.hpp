#pragma once

#include "core/task.hpp"
#include "linking/open_findings.hpp"
#include "linking/verifier.hpp"
#include "store/database.hpp"
#include "tenancy/asker.hpp"

#include <vector>

namespace hourkey::linking {

/// Records a verification with all sessions that it made at AWS, and gives the connection the state that it proves.
/// What raises trust is the asker's change, and its token must still be good; what lowers it is the server's own: it is
/// stored whoever asked, holds from this moment on, and is tried again until it is stored.
class verdict_keeper {
public:
    verdict_keeper(store::database& database, open_findings& findings, const host& in)
        : database_(database), findings_(findings), host_(in) {}

    /// `seen` is what was verified, `now` when that has ended.
    [[nodiscard]] task<result<>> keep(tenancy::asker by, model::connection seen, const verification& v,
                                      wall_time now) const;

private:
    using records = std::vector<model::audit_record>;
    [[nodiscard]] task<result<>> keep_nothing_but(records of, store::origin from) const;
    [[nodiscard]] task<result<>> keep_finding(tenancy::asker by, finding f) const;
    [[nodiscard]] task<result<>> keep_change(tenancy::asker by, model::connection seen, model::connection_state state,
                                             records of) const;

    store::database& database_;
    open_findings& findings_;
    const host& host_;
};

}  // namespace hourkey::linking
