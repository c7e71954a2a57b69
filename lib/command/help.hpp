#pragma once

#include "command/spec.hpp"

#include <string>
#include <string_view>

namespace hourkey::command {

/// What --help prints: of a command, a group, or with an empty path the program.
[[nodiscard]] std::string help_of(const program& of, std::string_view path);

}  // namespace hourkey::command
