#pragma once

#include "core/failure.hpp"
#include "server/config.hpp"

namespace hourkey::server {

/// Whether a server could keep its store where the configuration says: folders, key, and the database if there is one.
/// Reads, and makes and changes nothing.
[[nodiscard]] result<> check_store_place(const config& c);

/// Makes the folder of store.path, mode 0700, when only that is missing. Run by root it belongs to whom the folder
/// around it does.
[[nodiscard]] result<> make_store_folder(const config& c);

}  // namespace hourkey::server
