#include "server/store_files/store_place.hpp"

#include "core/shell_word.hpp"
#include "os/unique_descriptor.hpp"
#include "server/store_files/remembered_store.hpp"
#include "server/store_files/server_key.hpp"
#include "store_sqlite/copy_target.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/schema_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::server {
namespace {

namespace fs = std::filesystem;

failure bad(const std::string& key, const std::string& what, std::string fix) {
    return failure(errc::invalid_configuration, key + ": " + what + ".", std::move(fix));
}

fs::path folder_of(const std::string& file) {
    const auto parent = fs::path(file).parent_path();
    return parent.empty() ? fs::path(".") : parent;
}

bool may(const fs::path& where, int rights) { return ::faccessat(AT_FDCWD, where.c_str(), rights, AT_EACCESS) == 0; }

/// The line that makes it, for who runs this.
std::string fix_for_folder(const fs::path& folder) {
    const auto* const self = ::getpwuid(::geteuid());
    const auto user = self == nullptr ? std::to_string(::geteuid()) : std::string(self->pw_name);
    const auto plain = folder.string();
    const bool needs_quotes = plain.find_first_of(" \t\n'\"\\$`&;|<>()*?[]{}!#~") != std::string::npos;
    return "Run: sudo install -d -o " + user + " -m 700 " + (needs_quotes ? shell_word(plain) : plain) +
           ", or set store.path (HOURKEY_STORE__PATH) to where " + user + " may write.";
}

result<> check_may_make_files_in(const std::string& key, const fs::path& folder) {
    std::error_code ec;
    if (!fs::is_directory(folder, ec))
        return bad(key, folder.string() + " is not a folder",
                   "Make it, owned by the user that runs hourkeyd, or give another path.");
    if (may(folder, W_OK | X_OK)) return {};
    return bad(key, "files cannot be made in " + folder.string() + " (" + std::strerror(errno) + ")",
               "Give the folder to the user that runs hourkeyd, or another path.");
}

/// serve makes the last folder itself, if it may.
result<> check_folder(const std::string& path) {
    const auto folder = folder_of(path);
    if (store::is_there(folder.string())) return check_may_make_files_in("store.path", folder);
    if (may(folder_of(folder.string()), W_OK | X_OK)) return {};
    return bad("store.path",
               "there is no folder " + folder.string() + ", and it cannot be made (" + std::strerror(errno) + ")",
               fix_for_folder(folder));
}

result<> check_database(const std::string& path, const store::known_keys& keys) {
    if (!may(path, R_OK | W_OK))
        return bad("store.path", path + " cannot be opened for reading and writing (" + std::strerror(errno) + ")",
                   "Give it to the user that runs hourkeyd.");
    return store::check_file(path, keys);
}

result<> check_names(const config& c) {
    for (const auto& file : store::files_of_database(store::real_path(c.store.path)))
        HK_CHECK(store::check_is_file(file.path));
    HK_CHECK(store::check_is_file(head_file_path(c.store.path)));
    return check_key_stands_alone(c.server_key_file(), c.store.path);
}

}  // namespace

result<> check_store_place(const config& c) {
    if (c.store.path.empty())
        return bad("store.path", "it is empty", "Give a path, such as /var/lib/hourkey/hourkey.db.");
    HK_CHECK(check_folder(c.store.path));
    HK_CHECK(check_names(c));
    const auto key_file = c.server_key_file();
    const bool has_database = store::is_there(c.store.path);
    if (!has_database && !store::is_there(key_file)) {  // serve makes both
        if (folder_of(key_file) == folder_of(c.store.path)) return {};
        return check_may_make_files_in("store.key_file", folder_of(key_file));
    }
    HK_TRY(const auto keys, load_server_keys(key_file, c.store.path, key_creation::never));
    if (!has_database) return check_is_not_missed(c, keys);
    return check_database(c.store.path, keys.ring->checks());
}

namespace {

/// Root makes the folder for the service, which owns what it stands in; the files in it follow the folder's owner.
result<> give_to_owner_of_parent(const fs::path& folder) {
    if (::geteuid() != 0) return {};
    struct stat owner{};
    const os::unique_descriptor made(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    bool is_given = made && ::stat(folder_of(folder.string()).c_str(), &owner) == 0;
    if (is_given && owner.st_uid != 0) is_given = ::fchown(made.get(), owner.st_uid, owner.st_gid) == 0;
    if (is_given) return {};
    return bad("store.path",
               "the folder " + folder.string() + " cannot be given to the owner of the one it is in (" +
                   std::strerror(errno) + ")",
               "Give it to the user that runs hourkeyd: chown it.");
}

}  // namespace

result<> make_store_folder(const config& c) {
    const auto folder = folder_of(c.store.path);
    if (::mkdir(folder.c_str(), S_IRWXU) == 0) return give_to_owner_of_parent(folder);
    if (errno == EEXIST) return {};
    return bad("store.path",
               "there is no folder " + folder.string() + ", and it cannot be made (" + std::strerror(errno) + ")",
               fix_for_folder(folder));
}

}  // namespace hourkey::server
