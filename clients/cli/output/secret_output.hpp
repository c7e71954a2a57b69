#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

namespace hourkey::cli {

enum class revealing { no, yes };

/// Secrets on a terminal stay in its scroll-back, and in whatever records it: refused with invalid_configuration unless
/// it is asked for.
[[nodiscard]] result<> check_may_print_secrets(revealing wanted);

/// Standard output has it afterwards. Fails as command::print() does.
[[nodiscard]] result<> print_secret(const secret& text);

}  // namespace hourkey::cli
