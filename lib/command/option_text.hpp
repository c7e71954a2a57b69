#pragma once

#include "command/spec.hpp"

#include <span>
#include <string>

namespace hourkey::command {

/// "--config FILE", "--once", "FILE".
[[nodiscard]] std::string syntax_of(const option& o);

/// What it is for, with all that the parser will hold it to: "a free port is 0 (0 to 65535; default: 8443)".
[[nodiscard]] std::string description_of(const option& o);

/// "hourkeyd token create --role ROLE [OPTION...]".
[[nodiscard]] std::string usage_of(const program& of, const spec& c);

/// "operator, admin or app".
[[nodiscard]] std::string either_of(std::span<const std::string> words);

/// "from 1 to 64", "from 1".
[[nodiscard]] std::string text_of(const number_range& range);

}  // namespace hourkey::command
