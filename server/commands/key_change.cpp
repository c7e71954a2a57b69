#include "server/commands/key_change.hpp"

#include "core/time_text.hpp"
#include "crypto/random.hpp"
#include "json/reader.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/report.hpp"
#include "server/store_files/key_change.hpp"
#include "server/store_files/remembered_store.hpp"
#include "server/store_files/store_opening.hpp"
#include "store_sqlite/open_read_only.hpp"

namespace hourkey::server {
namespace {

model::audit_record local_record() {
    const auto now = system_clock().now();
    model::audit_record record;
    record.time = now;
    record.request_id = crypto::make_ulid(now).str();
    record.actor = model::audit_actor::machine;
    record.actor_role = model::role::operator_;
    record.client_address = "local";
    return record;
}

key_place place_of(const config& c, const server_keys& keys) {
    return {.key_file = c.server_key_file(),
            .database = c.store.path,
            .ring = keys.ring,
            .remembered = head_file_of(c, keys)};
}

/// A number of the server's answer.
result<std::int64_t> id_in(const blocking_client::answer& answer) {
    HK_TRY(auto body, json::parse(answer.body));
    return body.root().integer("id", 1, 255);
}

result<std::int64_t> rotate_through_server(const config& c) {
    HK_TRY(const auto answer, ask_server(c, http::method::post, "/control/keys", {}, 200));
    return id_in(answer);
}

/// No server is there to do it.
result<> reseal_now(store::database& database) {
    constexpr std::size_t rows_a_step = 200;
    std::optional<store::reseal_place> at = store::reseal_place{};
    while (at) {
        std::function<result<store::reseal_step>(store::transaction&)> work = [&at](store::transaction& tx) {
            return tx.reseal(*at, rows_a_step);
        };
        HK_TRY(auto done, database.write_now<store::reseal_step>(std::move(work)));
        at = std::move(done.next);
    }
    return {};
}

result<std::int64_t> rotate_directly(const config& c) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto database, open_database(c, keys));
    const auto place = place_of(c, keys);
    HK_TRY(const auto id, prepare_next_key(place));
    HK_CHECK(database->write_now<void>(rotation_work(place, id, local_record())));
    keys.ring->activate(id);
    HK_CHECK(reseal_now(*database));
    return std::int64_t{id};
}

result<std::int64_t> retire_through_server(const config& c, const std::string& id) {
    HK_TRY(const auto answer, ask_server(c, http::method::delete_, "/control/keys/" + id, {}, 200));
    return id_in(answer);
}

result<std::int64_t> retire_directly(const config& c, std::uint8_t id) {
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    const auto place = place_of(c, keys);
    {
        HK_TRY(const auto database, open_database(c, keys));
        HK_CHECK(database->write_now<void>(retirement_work(place, id, local_record())));
    }
    HK_CHECK(forget_key(place, id));
    return std::int64_t{id};
}

}  // namespace

result<> rotate_key(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto id, ask_or_act(c, [&] { return rotate_through_server(c); }, [&] { return rotate_directly(c); }));
    return print_line(
        "Server key " + std::to_string(id) + " makes what is new from now on. Back up " + c.server_key_file() +
        " again. What older keys have made stays good: `hourkeyd key list` tells when one is needed no more.");
}

result<> retire_key(const configuration_flags& flags, const std::string& id) {
    HK_TRY(const auto c, flags.load());
    std::uint8_t number = 0;
    for (int n = 1; n <= 255; ++n)
        if (std::to_string(n) == id) number = static_cast<std::uint8_t>(n);
    if (number == 0) return invalid_field("--id", "is not a server key's id", "Copy it from `hourkeyd key list`.");
    HK_CHECK(ask_or_act(c, [&] { return retire_through_server(c, id); }, [&] { return retire_directly(c, number); }));
    return print_line(
        "Server key " + id + " is retired. It verifies the records of its time, and nothing else. Back up " +
        c.server_key_file() + " again; backups of the database from before need the key file of their time.");
}

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

}  // namespace hourkey::server
