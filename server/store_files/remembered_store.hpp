#pragma once

#include "server/config.hpp"
#include "server/store_files/server_key.hpp"
#include "store_sqlite/head_file.hpp"

#include <memory>

namespace hourkey::server {

[[nodiscard]] std::shared_ptr<const store::head_file> head_file_of(const config& c, const server_keys& keys);

/// For commands that read the store without opening it for writing: refuses a database that is gone, empty, or older
/// than what is remembered of it.
[[nodiscard]] result<> check_is_newest(const config& c, const server_keys& keys);

/// The key is there and the database is not: refused, unless there has been none yet, or somebody insists.
[[nodiscard]] result<> check_is_not_missed(const config& c, const server_keys& keys);

}  // namespace hourkey::server
