#pragma once

#include "command/spec.hpp"

namespace hourkey::cli {

/// hourkey's command line: all its commands.
[[nodiscard]] command::program hourkey_program();

}  // namespace hourkey::cli
