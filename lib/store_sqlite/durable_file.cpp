#include "store_sqlite/durable_file.hpp"

#include "os/unique_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace hourkey::store {
namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

result<> sync_path(const std::string& path, int flags) {
    const os::unique_descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file) return file_failure("opening a file to sync it", errno);
    if (::fsync(file.get()) != 0) return file_failure("syncing a file", errno);
    return {};
}

std::string kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a pipe";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

}  // namespace

failure file_failure(std::string_view doing, int error) {
    return failure(errc::store_unavailable, {},
                   "Look at the directory of [store] path: its rights, its owner, its free space.",
                   std::string(doing) + ": " + std::generic_category().message(error));
}

result<> create_private_file(const std::string& path) {
    {
        const os::unique_descriptor file(
            ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, owner_only));
        if (!file) {
            if (errno == EEXIST) return failure(errc::already_exists, {}, {}, "the file exists");
            return file_failure("creating a file", errno);
        }
        HK_CHECK(give_to_owner_of(path, file.get()));
        if (::fchmod(file.get(), owner_only) != 0 || ::fsync(file.get()) != 0)
            return file_failure("creating a file", errno);
    }
    return sync_folder_of(path);
}

std::string real_path(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code unseen;
    const auto real = fs::canonical(path, unseen);
    if (!unseen) return real.string();
    // What a link leads to may have gone, or be yet to come: it is that name all the same.
    constexpr int most_links = 40;  // as path_resolution(7)
    fs::path at(path);
    for (int n = 0; n < most_links; ++n) {
        const auto next = fs::read_symlink(at, unseen);
        if (unseen) break;
        at = at.parent_path() / next;  // which an absolute one replaces
    }
    const auto folder = fs::canonical(at.has_parent_path() ? at.parent_path() : fs::path("."), unseen);
    return unseen ? at.string() : (folder / at.filename()).string();
}

bool is_there(const std::string& path) {
    std::error_code unseen;
    return std::filesystem::exists(std::filesystem::symlink_status(path, unseen));
}

result<> check_is_file(const std::string& path) {
    struct stat file{};
    if (::stat(path.c_str(), &file) != 0 || S_ISREG(file.st_mode)) return {};
    return failure(errc::invalid_configuration, path + " is no file, but " + kind_of(file.st_mode) + ".",
                   "Give the path of hourkey's own database, and nothing else a name beside it.", {});
}

result<> check_files_of_database(const std::string& path) {
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) {
        const auto file = path + suffix;
        HK_CHECK(check_is_file(file));
        if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) == 0 || errno == ENOENT) continue;
        return failure(errc::store_unavailable,
                       "Cannot read " + file + ": " + std::generic_category().message(errno) + ".",
                       "Give it, mode 0600, to the user that runs hourkeyd.", {});
    }
    return {};
}

result<> make_private(const std::string& path) {
    if (::chmod(path.c_str(), owner_only) != 0 && errno != ENOENT) return file_failure("setting a file's mode", errno);
    return {};
}

result<> sync_folder_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    return sync_path(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY);
}

result<> sync_file(const std::string& path) { return sync_path(path, O_RDONLY); }

result<> replace_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return file_failure("renaming a file", errno);
    return sync_folder_of(to);
}

result<> give_to_owner_of(const std::string& database_path, int file) {
    if (::geteuid() != 0) return {};
    struct stat owner{};
    const auto folder = std::filesystem::path(database_path).parent_path();
    const bool has_owner = ::stat(database_path.c_str(), &owner) == 0 && owner.st_uid != 0;
    if (!has_owner && ::stat(folder.empty() ? "." : folder.c_str(), &owner) != 0)
        return file_failure("looking for the owner of " + folder.string(), errno);
    if (owner.st_uid == 0 || ::fchown(file, owner.st_uid, owner.st_gid) == 0) return {};
    return failure(errc::store_unavailable, "The store's files cannot be given to the owner of its folder.",
                   "Run the command as that user: sudo -u '#" + std::to_string(owner.st_uid) + "' hourkeyd ...",
                   std::generic_category().message(errno));
}

}  // namespace hourkey::store
