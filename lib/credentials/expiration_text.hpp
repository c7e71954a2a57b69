#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"

#include <string_view>

namespace hourkey::credentials {

/// An Expiration as programs write it that mean RFC 3339: also with a blank in place of `T` and before the zone, blanks
/// around, a zone without its colon or its minutes, or `UTC` or `GMT`. A time without a zone is refused: whose it is
/// cannot be known.
[[nodiscard]] result<wall_time> parse_expiration(std::string_view text);

}  // namespace hourkey::credentials
