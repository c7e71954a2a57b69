#pragma once

#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

/// Writes a consistent copy of the database, also while the server runs.
[[nodiscard]] result<> back_up(const configuration_flags& flags, const std::string& file);

}  // namespace hourkey::server
