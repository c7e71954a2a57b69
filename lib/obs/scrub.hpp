#pragma once

#include <cstddef>
#include <string>

namespace hourkey::obs {

/// Masks in place what looks like a secret in a finished log line, and returns how many it found: hourkey tokens (the
/// public id stays), AWS session tokens, AWS secret access keys where one stands alone. The last net, not the first:
/// secrets have a type that cannot be logged.
[[nodiscard]] std::size_t scrub(std::string& line);

}  // namespace hourkey::obs
