#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey {

/// RFC 3339 in whole seconds, UTC, ending in `Z`: the only form in which hourkey writes a time to a client.
[[nodiscard]] std::string to_rfc3339(wall_time t);
/// RFC 3339 with 0..9 fraction digits and `Z` or a numeric offset.
[[nodiscard]] result<wall_time> parse_rfc3339(std::string_view text);

/// SigV4's `YYYYMMDDTHHMMSSZ`; its first eight characters are the scope date.
[[nodiscard]] std::string to_amz_date(wall_time t);
[[nodiscard]] result<wall_time> parse_amz_date(std::string_view text);

/// RFC 9110 5.6.7, the IMF-fixdate form only.
[[nodiscard]] std::string to_http_date(wall_time t);
[[nodiscard]] std::optional<wall_time> parse_http_date(std::string_view text);

}  // namespace hourkey
