#pragma once

#include "clients/cli/environment.hpp"
#include "core/failure.hpp"

#include <string>

namespace hourkey::cli {

/// $XDG_CONFIG_HOME/hourkey, else ~/.config/hourkey. Fails with invalid_configuration without a home.
[[nodiscard]] result<std::string> config_folder(const environment& variables);

/// Where credentials are kept between two runs: $XDG_RUNTIME_DIR/hourkey, which is in memory and ends with the session;
/// without one that is this user's (`su` may keep another's) $XDG_CACHE_HOME/hourkey, else ~/.cache/hourkey.
[[nodiscard]] result<std::string> cache_folder(const environment& variables);

/// The user's home, by $HOME alone. Fails with invalid_configuration.
[[nodiscard]] result<std::string> home_folder(const environment& variables);

/// There, this user's and mode 0700 afterwards; folders above it that are missing are made too. Fails with
/// invalid_configuration for one that is somebody else's, or a link.
[[nodiscard]] result<> make_private_folder(const std::string& path);

}  // namespace hourkey::cli
