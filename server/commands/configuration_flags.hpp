#pragma once

#include "command/spec.hpp"
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

/// These two, and `more`.
[[nodiscard]] std::vector<command::option> configuration_options(configuration_flags& flags,
                                                                 std::vector<command::option> more = {});

}  // namespace hourkey::server
