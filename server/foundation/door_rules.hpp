#pragma once

#include "core/failure.hpp"
#include "server/config.hpp"

namespace hourkey::server {

/// Whether both listeners of the configuration could be opened on this machine: addresses, ports, and that the one does
/// not take the other's. invalid_configuration names the key. A port that another program has now is none of its
/// business.
[[nodiscard]] result<> check_doors(const config& c);

}  // namespace hourkey::server
