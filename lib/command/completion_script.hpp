#pragma once

#include <string>
#include <string_view>

namespace hourkey::command {

/// For `shell` bash, zsh or fish: the script by which it asks the program itself what may stand in a place (its hidden
/// command `complete`). Empty for any other.
[[nodiscard]] std::string completion_script(std::string_view program, std::string_view shell);

}  // namespace hourkey::command
