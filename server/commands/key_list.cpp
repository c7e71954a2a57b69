#include "server/commands/commands.hpp"

#include "core/time_text.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/remembered_store.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <memory>

namespace hourkey::server {
namespace {

result<> list_keys(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(check_is_newest(c, keys));
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    HK_TRY(const auto found, reader->list_keys(system_clock().now()));
    std::string table("ID\tSTATE\tCREATED\tLIVING TOKENS\tSEALED ROWS");
    for (const auto& k : found)
        table += "\n" + std::to_string(k.id) + "\t" + std::string(to_text(k.state)) + "\t" + to_rfc3339(k.created_at) +
                 "\t" + std::to_string(k.living_tokens) + "\t" + std::to_string(k.sealed_rows);
    return print_line(table);
}

}  // namespace

command::spec key_list_command() {
    auto flags = std::make_shared<configuration_flags>();
    return {
        .path = "key list",
        .summary = "List the server keys and what still needs each; never the keys",
        .options = configuration_options(*flags),
        .examples = {{"hourkeyd key list --config /etc/hourkey/hourkey.toml", "Before one is retired"}},
        .run = ordinary_command([flags] { return list_keys(*flags); }),
    };
}

}  // namespace hourkey::server
