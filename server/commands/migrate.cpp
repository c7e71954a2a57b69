#include "server/commands/migrate.hpp"

#include "server/commands/report.hpp"
#include "server/store_files/store_opening.hpp"

namespace hourkey::server {

result<> migrate(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(open_database(c, keys));
    return print_line("The database " + c.store.path + " has this hourkey's schema.");
}

}  // namespace hourkey::server
