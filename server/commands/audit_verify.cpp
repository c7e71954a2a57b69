#include "server/commands/audit_verify.hpp"

#include "server/audit_check.hpp"
#include "server/commands/report.hpp"
#include "server/remembered_store.hpp"

namespace hourkey::server {

result<int> verify_audit(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(check_is_newest(c, keys));
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    HK_TRY(const auto found, check_audit(*reader, keys));
    if (!found.first) {
        print_line("The audit chain is whole: " + std::to_string(found.records) + " records.");
        return static_cast<int>(exit_ok);
    }
    print_line("The audit chain is broken at " + describe(*found.first) + " (" + std::to_string(found.records) + " records before it are whole).");
    return static_cast<int>(exit_found_wrong);
}

}  // namespace hourkey::server
