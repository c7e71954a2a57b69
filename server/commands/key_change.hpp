#pragma once

#include "core/failure.hpp"
#include "server/commands/configuration_flags.hpp"

#include <string>

namespace hourkey::server {

/// A new server key makes what is new from now on; also while the server runs.
[[nodiscard]] result<> rotate_key(const configuration_flags& flags);
/// An old one makes nothing good any more. in_use tells what still needs it.
[[nodiscard]] result<> retire_key(const configuration_flags& flags, const std::string& id);
/// Ids, states and what each still holds.
[[nodiscard]] result<> list_keys(const configuration_flags& flags);

}  // namespace hourkey::server
