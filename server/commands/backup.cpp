#include "server/commands/commands.hpp"

#include "server/commands/configuration_flags.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/commands/server_copy.hpp"
#include "server/store_files/own_files.hpp"
#include "server/store_files/remembered_store.hpp"
#include "store_sqlite/backup.hpp"

#include <cstdio>
#include <memory>

namespace hourkey::server {
namespace {

struct backup_options {
    configuration_flags flags;
    std::string file;  ///< or "-"
};

result<> check_by_itself(const config& c) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    return check_is_newest(c, keys);
}

result<> back_up(const backup_options& options) {
    const auto& file = options.file;
    HK_TRY(const auto c, options.flags.load());
    const auto own = own_files(c, options.flags.file);
    HK_CHECK(store::copy_target::examine(file, own));

    auto copy = server_copy::make(c);
    if (!copy && !is_without_server(copy)) return std::move(copy).error();
    if (copy) {
        HK_CHECK(store::hand_over((*copy)->file(), file, own));
    } else {
        HK_CHECK(check_by_itself(c));
        HK_CHECK(store::backup(c.store.path, file, own));
    }
    const bool is_stdout_taken = file == "-";
    const auto told = "Wrote " + (is_stdout_taken ? "the backup" : file) + ". Keep " + c.server_key_file() +
                      " too, apart from it: without that key the backup is of no use.";
    if (!is_stdout_taken) return print_line(told);
    std::fputs((told + "\n").c_str(), stderr);
    return {};
}

}  // namespace

command::spec backup_command() {
    auto o = std::make_shared<backup_options>();
    return {
        .path = "backup",
        .summary = "Write a consistent copy of the database, also while the server runs",
        .text = "Keep the server key too, apart from it: without that key a backup is of no use.",
        .options = configuration_options(
            o->flags, {{.name = "FILE",
                        .text = "the copy: a new file, an earlier backup, a pipe, or - for standard output",
                        .target = &o->file,
                        .form = command::value_form::file,
                        .is_required = true}}),
        .examples = {{"hourkeyd backup --config /etc/hourkey/hourkey.toml /backup/hourkey.db", "To a file"}},
        .run = ordinary_command([o] { return back_up(*o); }),
    };
}

}  // namespace hourkey::server
