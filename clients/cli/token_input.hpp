#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <string>

namespace hourkey::cli {

/// A token from standard input: asked for with `prompt` and not shown when that is a terminal, else all that comes.
/// Blanks around it are left out. Fails with invalid_configuration for nothing, or for more than a token is.
[[nodiscard]] result<secret> read_token(const std::string& prompt);

}  // namespace hourkey::cli
