#include "server/foundation/toml_file.hpp"

#include <toml++/toml.h>

namespace hourkey::server {
namespace {

std::variant<std::monostate, std::int64_t, std::string> value_of(const toml::node& node) {
    if (const auto number = node.value_exact<std::int64_t>()) return *number;
    if (auto text = node.value_exact<std::string>()) return *std::move(text);
    return {};
}

}  // namespace

result<std::vector<toml_setting>> read_toml_file(const std::string& file) {
    std::vector<toml_setting> out;
    try {
        const toml::table table = [&] { return toml::parse_file(file); }();
        for (const auto& [section, node] : table) {
            const auto* keys = node.as_table();
            if (keys == nullptr)
                return failure(errc::invalid_configuration,
                               file + ": " + std::string(section.str()) + " stands outside a section",
                               "Put it under a [section].");
            for (const auto& [key, value] : *keys)
                out.push_back({std::string(section.str()), std::string(key.str()), value_of(value)});
        }
    } catch (const toml::parse_error& e) {
        return failure(
            errc::invalid_configuration,
            file + ": line " + std::to_string(e.source().begin.line) + " is not TOML: " + std::string(e.description()),
            "Correct the line.");
    }
    return out;
}

}  // namespace hourkey::server
