#pragma once

#include "core/failure.hpp"

#include <string>

namespace hourkey::command {

/// Standard output has the text afterwards: store_unavailable when not (a full disk, nobody who reads).
[[nodiscard]] result<> print(const std::string& text);
[[nodiscard]] result<> print_line(const std::string& line);

}  // namespace hourkey::command
