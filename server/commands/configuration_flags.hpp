#pragma once

#include "server/config.hpp"

#include <string>
#include <vector>

namespace hourkey::server {

/// --config and --set, which every command has that works on an installation.
struct configuration_flags {
    std::string file;
    std::vector<std::string> overrides;

    [[nodiscard]] result<config> load() const;
};

}  // namespace hourkey::server
