#pragma once

#include "command/spec.hpp"

#include <string>

namespace hourkey::command {

/// All commands of the program in one Markdown document.
[[nodiscard]] std::string reference_of(const program& of);

}  // namespace hourkey::command
