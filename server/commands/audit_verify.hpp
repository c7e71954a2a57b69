#pragma once

#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

/// Proves that no record was changed, removed, inserted or reordered, that the state is what the records tell, and,
/// with `since` (SEQ:HASH of a logged head), that the trail still goes through it. Returns exit_ok or exit_found_wrong.
[[nodiscard]] result<int> verify_audit(const configuration_flags& flags, const std::string& since);

}  // namespace hourkey::server
