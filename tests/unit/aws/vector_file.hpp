#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace hourkey::aws::test {

/// nullopt when there is no such file.
inline std::optional<nlohmann::json> read_vectors(const std::string& folder, const std::string& name) {
    const auto path = std::filesystem::path(folder) / name;
    if (!std::filesystem::exists(path)) return std::nullopt;
    std::ifstream in(path);
    return nlohmann::json::parse(in);
}

}  // namespace hourkey::aws::test
