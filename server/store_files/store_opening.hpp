#pragma once

#include "core/failure.hpp"
#include "server/config.hpp"
#include "server/store_files/server_key.hpp"
#include "store_sqlite/sqlite_database.hpp"

#include <functional>
#include <memory>
#include <string>

namespace hourkey::server {

/// Where a running server listens for commands of its own machine: `<store path>.sock`.
[[nodiscard]] std::string control_socket_path(const config& c);
/// The store as the server and the command line open it.
[[nodiscard]] store::settings store_settings(const config& c, const server_keys& keys);
[[nodiscard]] result<std::unique_ptr<store::sqlite_database>> open_database(
    const config& c, const server_keys& keys, std::function<bool()> wants_stop = [] { return false; });

}  // namespace hourkey::server
