#pragma once

#include "api/field.hpp"

namespace hourkey::api {

// What several types have, said once.
inline constexpr field revision_field{
    .name = "revision", .meaning = "Grows with each change and never comes back; the ETag too.", .least = 1};
inline constexpr field cursor_field{.name = "cursor",
                                    .meaning = "Send it back as it came for the next page; absent on the last one."};

}  // namespace hourkey::api
