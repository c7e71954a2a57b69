#pragma once

#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

/// Lists operator tokens, or a tenant's. Reads the file itself, beside a running server too.
[[nodiscard]] result<> list_tokens(const configuration_flags& flags, const std::string& tenant);

}  // namespace hourkey::server
