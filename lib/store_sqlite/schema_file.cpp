#include "store_sqlite/schema_file.hpp"

#include "model/server_key.hpp"
#include "store_sqlite/backup.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/open_connection.hpp"

#include <filesystem>

namespace hourkey::store {
namespace {

result<schema_state> inspect(const std::string& path, std::span<const migration> migrations,
                             const installation& first) {
    HK_TRY(const auto db, open_for_reading(path));
    HK_TRY(const auto state, read_schema_state(*db, migrations));
    if (!state.is_empty) HK_CHECK(check_keys(*db, first.keys));
    return state;
}

result<> check_database_is_newest(const std::string& path, const head_file& file, const known_keys& keys) {
    HK_TRY(const auto memory, read_memory(path, file, keys));  // before the database: a running server moves both on
    std::error_code unseen;
    if (!std::filesystem::exists(path, unseen))
        return failure(errc::store_corrupt, "The database " + path + " is gone.", hint_of_lost_files(), {});
    if (memory) HK_CHECK(check_file_alone(file, *memory, path));
    HK_TRY(const auto db, open_for_reading(path));
    HK_TRY(const auto state, read_schema_state(*db, all_migrations()));
    if (state.is_empty)
        return failure(errc::store_corrupt, "The database " + path + " is empty.", hint_of_lost_files(), {});
    return memory ? check_memory(*db, file, *memory, path) : result<>();
}

result<> check_closed_file(const std::string& path, const known_keys& keys) {
    std::error_code unseen;
    const bool has_log = std::filesystem::exists(path + "-wal", unseen),
               has_index = std::filesystem::exists(path + "-shm", unseen);
    if (has_log && !has_index) return {};  // to read it SQLite would have to make the index
    HK_TRY(const auto db, sqlite_handle::open(
                              path, has_log ? sqlite_handle::access::read_only : sqlite_handle::access::immutable, {}));
    HK_TRY(const auto state, read_schema_state(*db, all_migrations()));
    if (!state.is_empty) HK_CHECK(check_keys(*db, keys));
    return {};
}

/// https://sqlite.org/fileformat.html#the_database_header: of what is shorter SQLite would make a new database.
constexpr std::uintmax_t header_bytes = 100;

result<> check_may_be_database(const std::string& path) {
    std::error_code unseen;
    const auto size = std::filesystem::file_size(path, unseen);
    if (unseen || size == 0 || size >= header_bytes) return {};
    return failure(errc::store_corrupt, path + " is no database: it has " + std::to_string(size) + " bytes.",
                   "Move it away, or name another file in store.path.", {});
}

}  // namespace

result<> check_file(const std::string& path, const known_keys& keys) {
    return naming_files(check_closed_file(path, keys), path);
}

failure damaged_files(failure why, const std::string& path) {
    why.message = "The database " + path + " is damaged, or its log " + path + "-wal does not belong to it.";
    why.hint = hint_of_lost_files();
    return why;
}

result<std::optional<database_memory>> read_memory(const std::string& path, const head_file& file,
                                                   const known_keys& keys) {
    auto memory = file.read();
    if (std::error_code unseen;
        !memory && memory.error().code == errc::store_corrupt && std::filesystem::exists(path, unseen))
        HK_CHECK(check_file(path, keys));
    return memory;
}

result<> check_is_newest(const std::string& path, const head_file& file, const known_keys& keys) {
    return naming_files(check_database_is_newest(path, file, keys), path);
}

result<> check_keys(sqlite_handle& db, const known_keys& known) {
    statement select(db, "SELECT id, state, key_check FROM server_keys ORDER BY id");
    query q(select);
    auto newest = model::server_key_state::retired;
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) break;
        const auto id = static_cast<std::uint8_t>(q.integer());
        const auto state = model::parse_server_key_state(q.text());
        const auto check = q.digest();
        if (!state || !q.is_whole()) return damaged_row("server_keys");
        newest = *state;
        if (newest == model::server_key_state::retired) continue;
        if (const auto at = known.find(id); at == known.end() || at->second != check)
            return failure(errc::wrong_server_key, {},
                           "Start with the server keys that this database uses; without them no token and no audit "
                           "record can be checked.",
                           "key " + std::to_string(id));
    }
    // One that was replaced never comes back: whoever has put it back may have the key.
    if (newest != model::server_key_state::active)
        return failure(errc::store_corrupt, "The newest server key is not the one that the database calls active.",
                       "Restore the last backup.", {});
    return {};
}

result<> prepare_file(const std::string& path, std::span<const migration> migrations, const installation& first,
                      absent_file how, const std::function<bool()>& wants_stop) {
    if (how == absent_file::make) {
        if (auto created = create_private_file(path); !created && created.error().code != errc::already_exists)
            return created;
    } else if (std::error_code unseen; !std::filesystem::exists(path, unseen)) {
        return failure(errc::store_corrupt, "The database " + path + " is gone.", {}, {});
    }
    HK_CHECK(check_may_be_database(path));
    // SQLite gives -wal and -shm the mode of the database file; older ones are tightened too.
    for (const auto* suffix : {"", "-wal", "-shm"}) HK_CHECK(make_private(path + suffix));

    HK_TRY(const auto state, inspect(path, migrations, first));
    if (state.is_empty && how == absent_file::refuse)
        return failure(errc::store_corrupt, "The database " + path + " is empty.", {}, {});
    if (!state.is_empty && state.version < migrations.back().version)
        HK_CHECK(backup(path, path + ".schema-" + std::to_string(state.version), {}, wants_stop));
    HK_TRY(const auto db, open_for_writing(path));
    HK_CHECK(migrate(*db, migrations, first));
    if (state.version < migrations.back().version) HK_CHECK(db->run_checkpoint(sqlite_handle::checkpoint::truncate));
    return {};
}

}  // namespace hourkey::store
