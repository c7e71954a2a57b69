#pragma once

#include "core/failure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hourkey::credentials {

/// Splits a command as a POSIX shell would split words: blanks, single quotes, double quotes, backslash. Nothing is
/// expanded and no shell ever runs. Fails with invalid_configuration on an open quote or an empty command.
[[nodiscard]] result<std::vector<std::string>> split_arguments(std::string_view command);

}  // namespace hourkey::credentials
