#pragma once

#include "api/field.hpp"

#include <array>
#include <string_view>

namespace hourkey::api {

[[nodiscard]] result<> check_name(std::string_view field, std::string_view text);
[[nodiscard]] result<> check_kind(std::string_view field, std::string_view text);
[[nodiscard]] result<> check_role_arn(std::string_view field, std::string_view text);
[[nodiscard]] result<> check_region(std::string_view field, std::string_view text);

inline constexpr std::array<std::string_view, 4> role_names{"operator", "admin", "app", "auditor"};
inline constexpr std::array<std::string_view, 1> kind_names{"role"};  // of those of the model that the API takes
inline constexpr std::array<std::string_view, 7> state_names{"draft",  "pending",        "active",  "degraded",
                                                             "broken", "insecure_trust", "disabled"};

inline constexpr form name_form{.pattern = "^[a-z0-9][a-z0-9-]{0,62}$", .check = check_name};
/// An app, or `*`: any app of the tenant.
inline constexpr form app_form{.pattern = "^([a-z0-9][a-z0-9-]{0,62}|\\*)$"};
inline constexpr form id_form{.pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"};
inline constexpr form account_form{.pattern = "^[0-9]{12}$"};
inline constexpr form role_arn_form{
    .pattern = "^arn:aws[a-z-]*:iam::[0-9]{12}:role/", .most_bytes = 2048, .check = check_role_arn};
inline constexpr form region_form{.pattern = "^[a-z]{2,}(-[a-z]+)+-[0-9]+$", .check = check_region};
inline constexpr form external_id_form{.pattern = "^hk-[0-9a-f]{32}$"};
inline constexpr form kind_form{.values = kind_names, .check = check_kind};
inline constexpr form role_form{.values = role_names};
inline constexpr form state_form{.values = state_names};

}  // namespace hourkey::api
