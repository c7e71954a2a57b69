#include "credentials/profile_choice.hpp"

namespace hourkey::credentials {

profile_choice choose_profile(const environment& variables) {
    for (const auto* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (const auto value = find_variable(variables, name)) return {std::string(*value), name};
    return {};
}

named_profile find_profile(const profile_map& profiles, const std::string& name) {
    const auto found = profiles.find(name);
    return {name, found == profiles.end() ? nullptr : &found->second};
}

}  // namespace hourkey::credentials
