#pragma once

#include "command/spec.hpp"

namespace hourkey::server {

/// The whole service for a newcomer: own CA, STS emulator, one tenant, app, verified connection and token, one vend
/// shown, the lines to repeat it; then serves until SIGTERM or SIGINT.
[[nodiscard]] command::spec dev_command();

}  // namespace hourkey::server
