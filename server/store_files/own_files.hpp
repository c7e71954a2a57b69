#pragma once

#include "server/config.hpp"
#include "store_sqlite/copy_target.hpp"

#include <string>
#include <vector>

namespace hourkey::server {

/// The files of this installation other than the database's, and what each is: no command writes over one of them.
[[nodiscard]] std::vector<store::own_file> own_files(const config& c, const std::string& configuration_file);

}  // namespace hourkey::server
