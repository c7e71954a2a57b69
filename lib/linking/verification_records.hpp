#pragma once

#include "linking/verifier.hpp"
#include "model/audit_record.hpp"
#include "tenancy/asker.hpp"

#include <vector>

namespace hourkey::linking {

/// `connection.verify` with the session of the right external id, and `connection.probe` for each other one that AWS
/// made, or may have made: an open role's sessions are in the trail, though nobody received them.
[[nodiscard]] std::vector<model::audit_record> verification_records(const tenancy::asker& by,
                                                                    const model::connection& seen,
                                                                    const verification& v, wall_time now);

}  // namespace hourkey::linking
