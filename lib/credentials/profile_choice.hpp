#pragma once

#include "credentials/environment.hpp"
#include "credentials/profile_file.hpp"

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

/// The chosen one, for what else it says.
struct named_profile {
    std::string name;
    const profile* settings = nullptr;  ///< null: it is not there
};
[[nodiscard]] named_profile find_profile(const profile_map& profiles, const std::string& name);

}  // namespace hourkey::credentials
