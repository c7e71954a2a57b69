#pragma once

#include "core/failure.hpp"
#include "http/message.hpp"
#include "store/row_change.hpp"

namespace hourkey::server {

/// What If-Match (`"7"`) and If-None-Match (`*`) demand; nothing when neither is there. Other forms are refused.
[[nodiscard]] result<store::precondition> read_precondition(const http::request& r);

}  // namespace hourkey::server
