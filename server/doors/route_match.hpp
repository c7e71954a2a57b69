#pragma once

#include "core/failure.hpp"
#include "server/doors/call.hpp"
#include "server/doors/route.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace hourkey::server {

/// Fills the call's tenant and parameters when the table has a row for it, and gives that row; null when it has none.
/// invalid_request when a name in the path is none.
[[nodiscard]] result<const route*> match(route_table table, call& what);

/// "GET, PUT": what a path answers, for Allow (RFC 9110 15.5.6); empty for an unknown path.
[[nodiscard]] std::string methods_of(route_table table, std::string_view path);

}  // namespace hourkey::server
