#include "server/commands/commands.hpp"

#include "api/control.hpp"
#include "net/blocking_calls.hpp"
#include "server/adapters/reseal_job.hpp"
#include "server/commands/configuration_flags.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/ordinary_command.hpp"
#include "server/store_files/key_change.hpp"
#include "server/store_files/store_opening.hpp"
#include "tenancy/change.hpp"

#include <memory>

namespace hourkey::server {
namespace {

result<std::int64_t> rotate_through_server(const config& c) {
    HK_TRY(const auto made, ask_server<api::key_changed>(c, {http::method::post, "/control/keys"}, look_at_keys));
    return std::int64_t{made.id};
}

/// No server is there to do it. The rotation stands, whatever comes of this.
void reseal_now(store::database& database) {
    net::blocking_calls calls;
    const auto done = calls.wait(reseal_all(database, system_clock(), wall_time::max()));
    if (done) return;
    static_cast<void>(report(failure(done.error().code, "Not all rows could be sealed with the new server key yet.",
                                     "The server does it when it runs.", done.error().cause)));
}

result<std::int64_t> rotate_directly(const config& c) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto database, open_database(c, keys));
    const auto place = place_of(c, keys);
    const auto now = system_clock().now();
    HK_TRY(const auto id, prepare_next_key(place));
    HK_CHECK(database->write_now<void>(
        rotation_work(place, id, tenancy::begin_record(tenancy::local_operator(now), {}, now))));
    reseal_now(*database);
    return std::int64_t{id};
}

result<> rotate_key(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto id, ask_or_act(c, [&] { return rotate_through_server(c); }, [&] { return rotate_directly(c); }));
    return print_line(
        "Server key " + std::to_string(id) + " makes what is new from now on. Back up " + c.server_key_file() +
        " again. What older keys have made stays good: `hourkeyd key list` tells when one is needed no more.");
}

}  // namespace

command::spec key_rotate_command() {
    auto flags = std::make_shared<configuration_flags>();
    return {
        .path = "key rotate",
        .summary = "Make a new server key, for what is new from now on",
        .text =
            "Also while the server runs. What older keys have made stays good; `hourkeyd key list` tells when one is "
            "needed no more.",
        .options = configuration_options(*flags),
        .examples = {{"hourkeyd key rotate --config /etc/hourkey/hourkey.toml", "Once a year"}},
        .run = ordinary_command([flags] { return rotate_key(*flags); }),
    };
}

}  // namespace hourkey::server
