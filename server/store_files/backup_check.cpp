#include "server/store_files/backup_check.hpp"

#include "server/store_files/audit_check.hpp"

#include <optional>

namespace hourkey::server {

result<backup_findings> check_backup(const std::string& file, const server_keys* keys) {
    backup_findings found;
    HK_TRY(found.facts, store::check_backup(file, keys ? std::optional(keys->ring->checks()) : std::nullopt));
    if (!keys) return found;
    HK_TRY(const auto trail, check_audit(file, *keys));
    if (!trail.is_good()) found.wrong = text_of(trail);
    return found;
}

}  // namespace hourkey::server
