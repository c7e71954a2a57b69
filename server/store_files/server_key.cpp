#include "server/store_files/server_key.hpp"

#include "core/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/key_derivation.hpp"
#include "crypto/random.hpp"
#include "os/private_file.hpp"
#include "server/store_files/own_files.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/head_file.hpp"

#include <array>
#include <filesystem>

namespace hourkey::server {
namespace {

constexpr std::size_t key_bytes = 32;

failure refused(std::string what, std::string fix) {
    return failure(errc::invalid_configuration, std::move(what), std::move(fix));
}

secret derive_head_key(const secret& server_key) { return crypto::derive_key(server_key, "hourkey head v1"); }

result<secret> make_key(const std::string& file, const std::string& database_path) {
    std::array<unsigned char, key_bytes> random{};
    crypto::fill_random(random);
    secret key(crypto::as_text(random));
    // Before the key: where a key is found alone, a database has been lost, unless this says that there was none yet.
    HK_CHECK(store::head_file(head_file_path(database_path), derive_head_key(key))
                 .write({.is_expected = true, .ends = {}, .in_file = {}}, database_path));
    auto hex = to_hex(random);
    wipe_bytes(random.data(), random.size());
    hex += '\n';
    const auto written = os::write_private_file(file, hex, os::private_file_mode::only_new, [&](int descriptor) {
        return store::give_to_owner_of(database_path, descriptor);
    });
    wipe_container(hex);
    if (!written) return written.error();
    return key;
}

result<secret> read_key(const std::string& file) {
    HK_TRY(auto text, os::read_private_file(file));
    auto words = text.expose();
    while (!words.empty() && (words.back() == '\n' || words.back() == '\r' || words.back() == ' '))
        words.remove_suffix(1);
    auto bytes = from_hex(words);
    if (!bytes || bytes->size() != key_bytes)
        return refused("The server key file " + file + " does not hold 64 hex digits.",
                       "Restore the file from its backup.");
    secret key(*bytes);
    wipe_container(*bytes);
    return key;
}

}  // namespace

result<> check_key_stands_alone(const std::string& key_file, const std::string& database_path) {
    const auto key = store::real_path(key_file);
    for (const auto& other : files_of_store(database_path))
        if (key == store::real_path(other.path) || store::is_same_file(key_file, other.path))
            return refused("store.key_file is " + key_file + ", which is " + other.what + ".",
                           "Give the key a file of its own, or leave store.key_file out.");
    return {};
}

std::string head_file_path(const std::string& database_path) { return store::real_path(database_path) + ".head"; }

result<server_keys> load_server_keys(const std::string& key_file, const std::string& database_path,
                                     key_creation create) {
    HK_CHECK(check_key_stands_alone(key_file, database_path));
    std::error_code unseen;
    const bool have_key = std::filesystem::exists(key_file, unseen);
    const bool have_database = !unseen && std::filesystem::exists(database_path, unseen);
    if (unseen)
        return refused("Cannot look for " + key_file + ": " + unseen.message() + ".",
                       "Run as the user that runs hourkeyd.");
    if (!have_key && have_database)
        return refused("The database " + database_path + " exists, but its server key " + key_file + " does not.",
                       "Restore the key file from its backup, or set store.key_file to where it is.");
    if (!have_key && create == key_creation::never)
        return refused("There is no database " + database_path + ".", "Set store.path to where it is.");
    if (!have_key && create == key_creation::with_new_database) {
        HK_TRY(const bool is_missed, store::head_file::tells_of_database(head_file_path(database_path)));
        if (is_missed)
            return refused("The database " + database_path + " and its server key " + key_file + " are gone; " +
                               head_file_path(database_path) + " tells of them.",
                           "Put the key back from its backup, and the database with hourkeyd restore. To begin anew: "
                           "hourkeyd serve --new-store.");
    }
    HK_TRY(const auto key, have_key ? read_key(key_file) : make_key(key_file, database_path));

    server_keys keys{.token_key = crypto::derive_key(key, "hourkey token v1"),
                     .audit_key = crypto::derive_key(key, "hourkey audit v1"),
                     .row_key = std::make_shared<store::row_key>(crypto::derive_key(key, "hourkey row seal v1")),
                     .head_key = derive_head_key(key),
                     .key_check = {},
                     .is_new = !have_key};
    const auto check_key = crypto::derive_key(key, "hourkey key check v1");
    keys.key_check = crypto::hmac_sha256(check_key.expose(), "this database's key");
    return keys;
}

}  // namespace hourkey::server
