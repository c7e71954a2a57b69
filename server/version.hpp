#pragma once

#include <string_view>

namespace hourkey::server {

inline constexpr std::string_view version = HOURKEY_VERSION;

}  // namespace hourkey::server
