#include "credentials/profile_choice.hpp"

namespace hourkey::credentials {

profile_choice choose_profile(const environment& variables) {
    for (const auto* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (const auto value = find_variable(variables, name)) return {std::string(*value), name};
    return {};
}

}  // namespace hourkey::credentials
