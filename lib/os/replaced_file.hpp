#pragma once

#include "core/failure.hpp"

#include <string>
#include <string_view>

namespace hourkey::os {

/// The file has these bytes, or whatever it had before: never a part of them. One that is there keeps its mode and
/// owner, and a link to it stays one; a new one has mode 0600. Fails with invalid_configuration when it cannot be
/// written, or when its owner cannot be kept.
[[nodiscard]] result<> replace_file(const std::string& path, std::string_view bytes);

}  // namespace hourkey::os
