#include "server/commands/audit_verify.hpp"

#include "server/commands/report.hpp"
#include "server/store_files/audit_check.hpp"
#include "server/store_files/remembered_store.hpp"

namespace hourkey::server {

result<int> verify_audit(const configuration_flags& flags, const std::string& since) {
    HK_TRY(const auto c, flags.load());
    std::optional<audit::known_head> known;
    if (!since.empty()) {
        HK_TRY(known, audit::parse_known_head(since));
    }
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    if (const auto memory = head_file_of(c, keys)->read(); memory && !*memory)
        static_cast<void>(report(
            failure(errc::store_unavailable,
                    head_file_path(c.store.path) + " is not there: whether this is the newest state is not known.",
                    "Compare with a head from the log: hourkeyd audit verify --since SEQ:HASH.", {})));
    auto found = result<audit::report>(audit::report());
    if (const auto newest = check_is_newest(c, keys); newest) {
        found = check_audit(c.store.path, keys, known);
    } else {
        found = newest.error();
    }
    if (!found && found.error().code == errc::store_corrupt) {
        static_cast<void>(report(found.error()));
        return static_cast<int>(exit_found_wrong);
    }
    if (!found) return found.error();
    HK_CHECK(print_line(text_of(*found)));
    return static_cast<int>(found->is_good() ? exit_ok : exit_found_wrong);
}

}  // namespace hourkey::server
