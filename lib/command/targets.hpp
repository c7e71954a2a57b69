#pragma once

#include "command/spec.hpp"

#include <span>
#include <string>
#include <vector>

namespace hourkey::command {

/// Puts what each option of the command was given into its target, when all of it is as the command says. A failure
/// names the option and what to give.
[[nodiscard]] result<> fill_targets(const spec& c, std::span<const std::vector<std::string>> values);

}  // namespace hourkey::command
