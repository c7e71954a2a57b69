#pragma once

#include "command/spec.hpp"

namespace hourkey::server {

/// hourkeyd's command line: all its commands.
[[nodiscard]] command::program hourkeyd_program();

}  // namespace hourkey::server
