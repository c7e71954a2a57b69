#pragma once

#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

/// Proves that no record was changed, removed, inserted or reordered. Returns exit_ok or exit_found_wrong.
[[nodiscard]] result<int> verify_audit(const configuration_flags& flags);

}  // namespace hourkey::server
