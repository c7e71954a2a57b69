#pragma once

#include "api/forms.hpp"

namespace hourkey::api {

// Whoever makes a token says them alike.
inline constexpr field token_role_field{"role", "What the token may do.", role_form};
inline constexpr field token_app_field{"app", "Goes with role app, and only with it.", name_form};
inline constexpr field token_stage_field{
    "stage", "Of role app: the stage that its vends are recorded under, fixed for good.", name_form};
inline constexpr field token_life_field{.name = "expires_in_seconds",
                                        .meaning = "A minute to 366 days; by default 90 days.",
                                        .least = 60,
                                        .most = 31'622'400};

}  // namespace hourkey::api
