#pragma once

#include "core/failure.hpp"
#include "http/url.hpp"

#include <string_view>

namespace hourkey::client {

/// Where a server is: `https://host[:port]`, perhaps with a slash. `http://` only for loopback, where nobody can listen
/// in between. Fails with invalid_configuration.
[[nodiscard]] result<http::url> parse_base_url(std::string_view text);

}  // namespace hourkey::client
