#pragma once

#include "clients/cli/environment.hpp"

#include <map>
#include <string>
#include <utility>

namespace hourkey::cli {

/// An environment of a test's own.
inline environment variables_of(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string_view> {
        const auto at = values.find(name);
        return at == values.end() ? std::nullopt : std::optional<std::string_view>(at->second);
    };
}

}  // namespace hourkey::cli
