#include "server/commands/commands.hpp"

#include "api/control.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/key_change.hpp"
#include "server/store_files/store_opening.hpp"
#include "tenancy/change.hpp"

#include <memory>

namespace hourkey::server {
namespace {

struct key_retire_options {
    configuration_flags flags;
    std::uint16_t id = 0;
};

result<std::int64_t> retire_through_server(const config& c, std::uint8_t id) {
    HK_TRY(const auto retired, ask_server<api::key_changed>(
                                   c, {http::method::delete_, "/control/keys/" + std::to_string(id)}, look_at_keys));
    return std::int64_t{retired.id};
}

result<std::int64_t> retire_directly(const config& c, std::uint8_t id) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto database, open_database(c, keys));
    const auto now = system_clock().now();
    HK_CHECK(
        database->write_now<void>(retirement_work(id, tenancy::begin_record(tenancy::local_operator(now), {}, now))));
    HK_CHECK(forget_key(place_of(c, keys), *database, id));
    return std::int64_t{id};
}

result<> retire_key(const key_retire_options& options) {
    HK_TRY(const auto c, options.flags.load());
    const auto id = static_cast<std::uint8_t>(options.id);
    HK_CHECK(ask_or_act(c, [&] { return retire_through_server(c, id); }, [&] { return retire_directly(c, id); }));
    return print_line("Server key " + std::to_string(id) +
                      " is retired. It verifies the records of its time, and nothing else. Back up " +
                      c.server_key_file() +
                      " again; backups of the database from before need the key file of their time.");
}

}  // namespace

command::spec key_retire_command() {
    auto o = std::make_shared<key_retire_options>();
    return {
        .path = "key retire",
        .summary = "End an old server key, once nothing needs it any more",
        .text = "Refused while a living token or a row still needs it: `hourkeyd key list` tells.",
        .options = configuration_options(o->flags, {{.name = "--id",
                                                     .value = "ID",
                                                     .text = "as `hourkeyd key list` shows it",
                                                     .target = &o->id,
                                                     .range = command::number_range{1, 255},
                                                     .is_required = true}}),
        .examples = {{"hourkeyd key retire --config /etc/hourkey/hourkey.toml --id 1", "The first one"}},
        .run = ordinary_command([o] { return retire_key(*o); }),
    };
}

}  // namespace hourkey::server
