#pragma once

#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

/// Reads the configuration and the certificate, and says what is wrong.
[[nodiscard]] result<> check_config(const configuration_flags& flags);

}  // namespace hourkey::server
