#include "clients/cli/environment.hpp"

#include <cstdlib>

namespace hourkey::cli {

std::optional<std::string_view> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

std::optional<std::string_view> find_variable(const environment& variables, const std::string& name) {
    const auto value = variables(name);
    return value && !value->empty() ? value : std::nullopt;
}

}  // namespace hourkey::cli
