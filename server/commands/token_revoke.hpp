#pragma once

#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

/// Revokes a token of whatever role, through the running server where there is one.
[[nodiscard]] result<> revoke_token(const configuration_flags& flags, const std::string& id);

}  // namespace hourkey::server
