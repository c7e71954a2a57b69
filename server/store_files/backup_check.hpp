#pragma once

#include "server/store_files/server_key.hpp"
#include "store_sqlite/backup.hpp"

#include <string>

namespace hourkey::server {

struct backup_findings {
    store::backup_facts facts;
    std::string wrong;  ///< what of trail or state has been changed, for people; empty: nothing
};

/// Reads a whole backup. Without the keys (null) neither whose it is nor its audit trail can be checked.
[[nodiscard]] result<backup_findings> check_backup(const std::string& file, const server_keys* keys);

}  // namespace hourkey::server
