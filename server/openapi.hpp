#pragma once

#include <string>

namespace hourkey::server {

/// What the main listener answers, as an OpenAPI 3.1 document: the routes with what lib/api says of each. Made once.
[[nodiscard]] const std::string& openapi();

}  // namespace hourkey::server
