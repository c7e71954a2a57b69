#include "server/commands/commands.hpp"

#include "server/commands/configuration_flags.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/store_opening.hpp"

#include <memory>

namespace hourkey::server {
namespace {

result<> migrate(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(open_database(c, keys));
    return print_line("The database " + c.store.path + " has this hourkey's schema.");
}

}  // namespace

command::spec migrate_command() {
    auto flags = std::make_shared<configuration_flags>();
    return {
        .path = "migrate",
        .summary = "Bring the database to this version's schema (a copy is made first); serve does it too",
        .options = configuration_options(*flags),
        .examples = {{"hourkeyd migrate --config /etc/hourkey/hourkey.toml", "After an upgrade, before the start"}},
        .run = ordinary_command([flags] { return migrate(*flags); }),
    };
}

}  // namespace hourkey::server
