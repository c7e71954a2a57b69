#include "server/commands/restore.hpp"

#include "server/commands/report.hpp"
#include "server/server_key.hpp"
#include "store/backup.hpp"

#include <filesystem>

namespace hourkey::server {

result<> check_restore(const configuration_flags& flags, const std::string& file) {
    HK_TRY(const auto c, flags.load());
    std::optional<model::audit_hash> key_check;
    std::error_code unseen;
    if (std::filesystem::exists(c.server_key_file(), unseen)) {
        HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
        key_check = keys.key_check;
    }
    HK_TRY(const auto facts, store::check_backup(file, key_check));
    print_line(
        file + " is sound: schema " + std::to_string(facts.schema_version) + ", " + std::to_string(facts.tenants) + " tenants, " +
        std::to_string(facts.connections) + " connections, audit records to seq " + std::to_string(facts.last_audit_seq) + ". " +
        (key_check ? "It belongs to this server's key." : "Whether it belongs to your server key was not checked: name the configuration with --config."));
    return {};
}

}  // namespace hourkey::server
