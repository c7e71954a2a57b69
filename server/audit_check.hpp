#pragma once

#include "audit/verification.hpp"
#include "server/server_key.hpp"
#include "store/reader.hpp"

#include <string>

namespace hourkey::server {

/// Walks the audit trail of a database, which a server may be writing.
[[nodiscard]] result<audit::report> check_audit(store::reader& from, const server_keys& keys);

/// "seq 12: changed"
[[nodiscard]] std::string describe(const audit::problem& what);

}  // namespace hourkey::server
