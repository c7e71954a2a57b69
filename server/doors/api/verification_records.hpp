#pragma once

#include "linking/verifier.hpp"
#include "server/doors/call.hpp"

#include <vector>

namespace hourkey::server {

/// `connection.verify` with the session of the right external id, and `connection.probe` for each other one that AWS
/// made, or may have made: an open role's sessions are in the trail, though nobody received them.
[[nodiscard]] std::vector<model::audit_record> verification_records(const call& what, const model::connection& seen,
                                                                    const linking::verification& v, wall_time now);

}  // namespace hourkey::server
