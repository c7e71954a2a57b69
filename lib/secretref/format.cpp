#include "secretref/format.hpp"

namespace hourkey::secretref {

std::optional<format> find_format(std::string_view name) noexcept {
    if (name == "yaml" || name == "yml") return format::yaml;
    if (name == "json") return format::json;
    if (name == "toml") return format::toml;
    if (name == "dotenv" || name == "env") return format::dotenv;
    if (name == "text") return format::text;
    return std::nullopt;
}

format format_of_path(std::string_view path) noexcept {
    const auto file = path.substr(path.find_last_of('/') + 1);
    if (file.starts_with(".env.") || file == ".env") return format::dotenv;
    if (file.ends_with(".jsonc")) return format::json;
    const auto dot = file.find_last_of('.');
    if (dot == std::string_view::npos) return format::text;
    return find_format(file.substr(dot + 1)).value_or(format::text);
}

}  // namespace hourkey::secretref
