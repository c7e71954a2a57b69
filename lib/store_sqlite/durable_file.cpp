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
    std::error_code unseen;
    const auto real = std::filesystem::canonical(path, unseen);
    return unseen ? path : real.string();
}

result<> check_readable(const std::string& database_path) {
    for (const auto* suffix : {"", "-wal", "-shm"}) {
        const auto file = database_path + suffix;
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
