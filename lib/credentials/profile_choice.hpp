#pragma once

#include "credentials/environment.hpp"

#include <string>
#include <string_view>

namespace hourkey::credentials {

/// Which profile is meant, and the variable that says so; empty: none does, and it is `default`.
struct profile_choice {
    std::string name = "default";
    std::string_view variable = {};
};
/// AWS_PROFILE, then AWS_DEFAULT_PROFILE, which some SDKs know alone.
[[nodiscard]] profile_choice choose_profile(const environment& variables);

}  // namespace hourkey::credentials
