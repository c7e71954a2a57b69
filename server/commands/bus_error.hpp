#pragma once

#include <string>

namespace hourkey::server {

/// SQLite maps the index of its log into memory: when another program cuts that file, the process ends by SIGBUS, and
/// nothing is answered any more. `line` is what it says then, on standard error.
void say_at_bus_error(std::string line);

}  // namespace hourkey::server
