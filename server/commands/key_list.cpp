#include "server/commands/commands.hpp"

#include "core/time_text.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/remembered_store.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace hourkey::server {
namespace {

bool has_whole(const std::vector<sealing::key_line>& lines, std::uint8_t id) {
    return std::ranges::any_of(lines, [id](const auto& line) { return line.id == id && !line.is_retired; });
}

result<> list_keys(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_CHECK(check_is_newest(c, keys));
    HK_TRY(const auto reader, store::open_read_only(c.store.path, keys.row_keys));
    HK_TRY(const auto found, reader->list_keys(system_clock().now()));
    std::string table("ID\tSTATE\tCREATED\tLIVING TOKENS\tSEALED ROWS");
    for (const auto& k : found)
        table += "\n" + std::to_string(k.id) + "\t" + std::string(to_text(k.state)) + "\t" + to_rfc3339(k.created_at) +
                 "\t" + std::to_string(k.living_tokens) + "\t" + std::to_string(k.sealed_rows);
    HK_CHECK(print_line(table));
    HK_TRY(const auto lines, read_key_file(keys.file));
    for (const auto& k : found)
        if (k.state == model::server_key_state::retired && has_whole(lines, k.id))
            static_cast<void>(report(
                failure(errc::invalid_configuration,
                        "Server key " + std::to_string(k.id) + " is retired, but it is still in " + keys.file + ".",
                        "Run hourkeyd key retire again.")));
    return {};
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
