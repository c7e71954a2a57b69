#pragma once

#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

/// Brings the database to this version's schema, as serve does; a copy is made first.
[[nodiscard]] result<> migrate(const configuration_flags& flags);

}  // namespace hourkey::server
