#include "server/backup_check.hpp"

#include "server/audit_check.hpp"
#include "store/reader.hpp"

#include <optional>

namespace hourkey::server {

result<backup_findings> check_backup(const std::string& file, const server_keys* keys) {
    backup_findings found;
    HK_TRY(found.facts, store::check_backup(file, keys ? std::optional(keys->key_check) : std::nullopt));
    if (!keys) return found;
    HK_TRY(const auto reader, store::open_read_only(file));
    HK_TRY(const auto trail, check_audit(*reader, *keys));
    if (trail.first) found.wrong = describe(*trail.first);
    return found;
}

}  // namespace hourkey::server
