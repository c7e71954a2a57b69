#pragma once

#include "server/commands/configuration_flags.hpp"

namespace hourkey::server {

/// Runs the server until SIGTERM or SIGINT; SIGHUP reads the certificate again.
[[nodiscard]] result<> serve(const configuration_flags& flags);

}  // namespace hourkey::server
