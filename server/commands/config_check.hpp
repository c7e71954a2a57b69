#pragma once

#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

/// Lays what serve would build on, and says what is wrong. Makes and changes nothing.
[[nodiscard]] result<> check_config(const configuration_flags& flags);

}  // namespace hourkey::server
