#include "server/commands/commands.hpp"

#include "server/commands/configuration_flags.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/audit_check.hpp"
#include "server/store_files/remembered_store.hpp"

#include <memory>

namespace hourkey::server {
namespace {

struct audit_verify_options {
    configuration_flags flags;
    std::string since;  ///< SEQ:HASH of a logged head
};

result<int> verify_audit(const audit_verify_options& options) {
    HK_TRY(const auto c, options.flags.load());
    std::optional<audit::known_head> known;
    if (!options.since.empty()) {
        HK_TRY(known, audit::parse_known_head(options.since));
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

}  // namespace

command::spec audit_verify_command() {
    auto o = std::make_shared<audit_verify_options>();
    return {
        .path = "audit verify",
        .summary =
            "Prove that no record was changed, removed, inserted or reordered, and that the state is what they tell",
        .text =
            "That the last records were cut off it finds for sure only with a head from the log, and only up to "
            "that head.",
        .options = configuration_options(o->flags, {{.name = "--since",
                                                     .value = "SEQ:HASH",
                                                     .text = "a head from the log: the trail must still go through it",
                                                     .target = &o->since}}),
        .examples = {{"hourkeyd audit verify --config /etc/hourkey/hourkey.toml", "The whole trail"}},
        .exit_codes = {{exit_found_wrong, "something is not as it was recorded"}},
        .run = ordinary_command([o] { return verify_audit(*o); }),
    };
}

}  // namespace hourkey::server
