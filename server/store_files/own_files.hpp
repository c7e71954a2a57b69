#pragma once

#include "server/config.hpp"
#include "store_sqlite/copy_target.hpp"

#include <string>
#include <vector>

namespace hourkey::server {

/// What belongs to the store at `path`, but for its key: the database's files, and what the server keeps beside them.
[[nodiscard]] std::vector<store::own_file> files_of_store(const std::string& path);
/// The files of this installation, the database's too, and what each is: no command writes over one of them.
[[nodiscard]] std::vector<store::own_file> own_files(const config& c, const std::string& configuration_file);

}  // namespace hourkey::server
