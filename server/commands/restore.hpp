#pragma once

#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

struct restore_options {
    std::string file;
    bool only_check = false;
};

/// Reads a whole backup, and says whether it is sound or puts it in the database's place. Returns exit_ok or
/// exit_found_wrong.
[[nodiscard]] result<int> restore(const configuration_flags& flags, const restore_options& options);

}  // namespace hourkey::server
