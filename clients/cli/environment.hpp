#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::cli {

/// Environment variables by name: the process's, or a test's.
using environment = std::function<std::optional<std::string_view>(const std::string& name)>;
[[nodiscard]] std::optional<std::string_view> process_environment(const std::string& name);

/// Empty is the same as absent, as in the SDKs.
[[nodiscard]] std::optional<std::string_view> find_variable(const environment& variables, const std::string& name);

}  // namespace hourkey::cli
