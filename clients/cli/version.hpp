#pragma once

#include <string_view>

namespace hourkey::cli {

inline constexpr std::string_view version = HOURKEY_VERSION;

}  // namespace hourkey::cli
