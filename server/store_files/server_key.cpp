#include "server/store_files/server_key.hpp"

#include "server/store_files/own_files.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/head_file.hpp"
#include "store_sqlite/partial_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace hourkey::server {
namespace {

failure refused(std::string what, std::string fix) {
    return failure(errc::invalid_configuration, std::move(what), std::move(fix));
}

void add_to(sealing::key_ring& ring, const std::vector<sealing::key_line>& lines) {
    for (const auto& line : lines)
        if (line.is_retired)
            ring.add_retired(line.id, line.bytes);
        else
            ring.add(line.id, line.bytes);
}

result<> put_file(const secret& text, const std::string& path, const std::string& database_path,
                  os::private_file_mode mode) {
    HK_TRY(auto partial, store::partial_file::make(path));
    {
        const os::unique_descriptor file(::open(partial.path().c_str(), O_WRONLY | O_CLOEXEC));
        if (!file) return store::file_failure("opening it", errno);
        HK_CHECK(store::give_to_owner_of(database_path, file.get()));
        const auto bytes = text.expose();
        const auto size = ::write(file.get(), bytes.data(), bytes.size());
        if (size != static_cast<ssize_t>(bytes.size()) || ::fsync(file.get()) != 0)
            return store::file_failure("writing it", errno);
    }
    if (mode == os::private_file_mode::replace) {
        HK_CHECK(store::replace_file(partial.path(), path));
        partial.let_go();
        return {};
    }
    // A rename would replace what another first start has made meanwhile.
    if (::link(partial.path().c_str(), path.c_str()) != 0) return store::file_failure("naming it", errno);
    return store::sync_folder_of(path);
}

result<std::vector<sealing::key_line>> make_key(const std::string& file, const std::string& database_path) {
    std::vector<sealing::key_line> lines;
    lines.push_back({.id = 1, .is_retired = false, .bytes = sealing::make_server_key()});
    // Before the key: where a key is found alone, a database has been lost, unless this says that there was none yet.
    HK_CHECK(store::head_file(head_file_path(database_path), ring_of(lines)->head_keys())
                 .write({.is_expected = true, .ends = {}, .in_file = {}}, database_path));
    HK_CHECK(write_key_file(lines, file, database_path, os::private_file_mode::only_new));
    return lines;
}

}  // namespace

std::shared_ptr<sealing::key_ring> ring_of(const std::vector<sealing::key_line>& lines) {
    auto ring = std::make_shared<sealing::key_ring>();
    add_to(*ring, lines);
    return ring;
}

result<std::vector<sealing::key_line>> read_key_file(const std::string& file) {
    HK_TRY(const auto text, os::read_private_file(file));
    auto lines = sealing::parse_key_file(text.expose());
    if (lines) return lines;
    auto why = std::move(lines).error();
    why.message = "The server key file " + file + " does not hold server keys.";
    return why;
}

result<> read_again(const server_keys& keys) {
    HK_TRY(const auto lines, read_key_file(keys.file));
    add_to(*keys.ring, lines);
    return {};
}

result<std::vector<std::uint8_t>> list_undead(const server_keys& keys) {
    HK_TRY(const auto lines, read_key_file(keys.file));
    const auto living = keys.ring->checks();
    std::vector<std::uint8_t> out;
    for (const auto& line : lines)
        if (!line.is_retired && !living.contains(line.id)) out.push_back(line.id);
    return out;
}

result<> write_key_file(const std::vector<sealing::key_line>& lines, const std::string& file,
                        const std::string& database_path, os::private_file_mode mode) {
    auto written = put_file(sealing::text_of(lines), store::real_path(file), database_path, mode);
    if (written) return written;
    return failure(errc::invalid_configuration, "Cannot write " + file + ": " + written.error().cause + ".",
                   "Check that the path is right, and that the user running hourkeyd owns its folder.");
}

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
    HK_TRY(const auto lines, have_key ? read_key_file(key_file) : make_key(key_file, database_path));
    auto ring = ring_of(lines);
    auto row_keys = std::make_shared<store::row_keys>(ring->row_keys());
    return server_keys{.ring = std::move(ring), .row_keys = std::move(row_keys), .file = key_file, .is_new = !have_key};
}

}  // namespace hourkey::server
