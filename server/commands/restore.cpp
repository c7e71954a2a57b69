#include "server/commands/commands.hpp"

#include "server/commands/configuration_flags.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/backup_check.hpp"
#include "server/store_files/store_opening.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/restore.hpp"
#include "tenancy/change.hpp"

#include <filesystem>
#include <memory>

namespace hourkey::server {
namespace {

struct restore_options {
    configuration_flags flags;
    std::string file;
    bool only_check = false;
};

std::string counted(std::uint64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string not_sound(const std::string& file, const std::string& wrong) { return file + " is not sound. " + wrong; }

result<int> check(const config& c, const std::string& file) {
    std::optional<server_keys> keys;
    if (store::is_there(c.server_key_file())) {
        HK_TRY(keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    }
    const auto found = check_backup(file, keys ? &*keys : nullptr);
    if (!found && found.error().code == errc::store_corrupt) {
        static_cast<void>(report(found.error()));
        return static_cast<int>(exit_found_wrong);
    }
    if (!found) return found.error();
    if (!found->wrong.empty()) {
        HK_CHECK(print_line(not_sound(file, found->wrong)));
        return static_cast<int>(exit_found_wrong);
    }
    const auto& facts = found->facts;
    HK_CHECK(print_line(file + " is sound: schema " + std::to_string(facts.schema_version) + ", " +
                        counted(facts.tenants, "tenant") + ", " + counted(facts.connections, "connection") +
                        ", audit records to seq " + std::to_string(facts.last_audit_seq) + ". " +
                        (keys ? "It belongs to this server's key."
                              : "Neither whether it belongs to your server key nor its audit trail was checked: name "
                                "the configuration with --config.")));
    return static_cast<int>(exit_ok);
}

/// A backup from before a rotation takes the rotation back.
std::string note_of_replaced_key(const sealing::key_ring& ring) {
    const auto living = ring.checks();
    if (living.empty() || living.rbegin()->first <= ring.active()) return {};
    return "\nServer key " + std::to_string(ring.active()) +
           " is the active one again, as it was at the backup: replace it with hourkeyd key rotate.";
}

model::audit_record record_of(const std::string& file, const store::backup_facts& facts, wall_time now) {
    const tenancy::audit_note note{.action = model::audit_action::store_restore,
                                   .target = "store",
                                   .reason = "to seq " + std::to_string(facts.last_audit_seq) + " by " +
                                             std::filesystem::path(file).filename().string()};
    return tenancy::begin_record(tenancy::local_operator(now), note, now);
}

result<int> put_in_place(const config& c, const std::string& file) {
    if (!store::is_there(c.server_key_file()))
        return failure(errc::invalid_configuration, "The server key " + c.server_key_file() + " is not there.",
                       "Put there the key that belongs to the backup; without it the backup is of no use.");
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    const auto judge = [&](const std::string& copy) -> result<model::audit_record> {
        HK_TRY(const auto found, check_backup(copy, &keys));
        if (!found.wrong.empty())
            return failure(errc::store_corrupt, not_sound(file, found.wrong),
                           "Nothing was changed. Take another backup.");
        return record_of(file, found.facts, system_clock().now());
    };
    HK_TRY(const auto done, store::restore(store_settings(c, keys), file, judge));
    HK_CHECK(print_line("Restored " + file + ": audit records to seq " + std::to_string(done.last_audit_seq) +
                        ", the last of which tells of it." +
                        (done.kept.empty() ? std::string() : " The database that was there is now " + done.kept + ".") +
                        "\nWhat was revoked after the backup is valid again: revoke it again." +
                        note_of_replaced_key(*keys.ring)));
    return static_cast<int>(exit_ok);
}

result<int> restore(const restore_options& options) {
    HK_TRY(const auto c, options.flags.load());
    return options.only_check ? check(c, options.file) : put_in_place(c, options.file);
}

}  // namespace

command::spec restore_command() {
    auto o = std::make_shared<restore_options>();
    return {
        .path = "restore",
        .summary = "Put a backup in the database's place, which is kept beside; stop the server first",
        .text = "What was revoked after the backup is valid again: revoke it again.",
        .options = configuration_options(o->flags, {{.name = "--check",
                                                     .text = "only read the whole file and say whether it is sound",
                                                     .target = &o->only_check},
                                                    {.name = "FILE",
                                                     .text = "the backup",
                                                     .target = &o->file,
                                                     .form = command::value_form::existing_file,
                                                     .is_required = true}}),
        .examples = {{"hourkeyd restore --config /etc/hourkey/hourkey.toml --check /backup/hourkey.db",
                      "Whether a backup would do"}},
        .exit_codes = {{exit_found_wrong, "--check: the backup is not sound"}},
        .run = ordinary_command([o] { return restore(*o); }),
    };
}

}  // namespace hourkey::server
