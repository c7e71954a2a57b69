#pragma once

#include "core/failure.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hourkey::server {

/// `key = value` under `[section]`. Of the values a configuration has whole numbers and texts; std::monostate: another.
struct toml_setting {
    std::string section, key;
    std::variant<std::monostate, std::int64_t, std::string> value;
};

/// All settings of a file. Fails with invalid_configuration when it cannot be read, is not TOML (with the line), or has
/// a key outside a section.
[[nodiscard]] result<std::vector<toml_setting>> read_toml_file(const std::string& file);

}  // namespace hourkey::server
