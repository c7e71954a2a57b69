#pragma once

#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

/// Reads a whole backup and says whether it is sound.
[[nodiscard]] result<> check_restore(const configuration_flags& flags, const std::string& file);

}  // namespace hourkey::server
