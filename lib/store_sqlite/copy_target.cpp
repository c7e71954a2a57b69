#include "store_sqlite/copy_target.hpp"

#include "os/unique_descriptor.hpp"
#include "store_sqlite/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace hourkey::store {
namespace {

namespace fs = std::filesystem;

failure refused(const std::string& path, const std::string& what, std::string fix = "Name another file for the copy.") {
    return failure(errc::invalid_request, path + " " + what + ": it is not replaced.", std::move(fix));
}

failure unreachable(const std::string& path, int error) {
    return failure(errc::invalid_request, "Cannot write " + path + ": " + std::generic_category().message(error) + ".",
                   "Name a file in a folder that is there and that this user may write to.");
}

// https://sqlite.org/fileformat.html#the_database_header: the magic, at 18 and 19 the journal modes (1: no WAL, which a
// running database has), at 68 the application id.
constexpr std::array<char, 16> magic{'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ', '3', '\0'};
constexpr std::array<char, 4> our_id{'h', 'r', 'k', 'y'};

/// Made by backup(): a whole hourkey database that no server has ever opened.
result<bool> is_earlier_copy(const std::string& path) {
    const os::unique_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) return unreachable(path, errno);
    std::array<char, 100> header{};
    if (::pread(file.get(), header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) return false;
    return std::memcmp(header.data(), magic.data(), magic.size()) == 0 && header[18] == 1 && header[19] == 1 &&
           std::memcmp(header.data() + 68, our_id.data(), our_id.size()) == 0;
}

result<> write_all(int to, const char* bytes, std::size_t size, const std::string& name) {
    while (size > 0) {
        const auto n = ::write(to, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return unreachable(name, errno);
        bytes += n;
        size -= static_cast<std::size_t>(n);
    }
    return {};
}

/// Without replacing: whoever came first keeps the name.
int give_name(const std::string& from, const std::string& to) noexcept {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    ::unlink(from.c_str());
    return 0;
}

}  // namespace

std::vector<own_file> files_of_database(const std::string& path) {
    return {{path, "the database itself"},
            {path + "-wal", "a part of the database"},
            {path + "-shm", "a part of the database"},
            {path + "-journal", "a name that SQLite keeps for the database"},
            {path + ".lock", "the database's lock file"}};
}

bool is_same_file(const std::string& one, const std::string& other) {
    struct stat a{}, b{};
    return ::stat(one.c_str(), &a) == 0 && ::stat(other.c_str(), &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

result<> check_standard_output(std::span<const own_file> own) {
    struct stat out{};
    if (::fstat(STDOUT_FILENO, &out) != 0 || !S_ISREG(out.st_mode)) return {};
    for (const auto& mine : own) {
        struct stat file{};
        const bool is_it = !mine.path.empty() && ::stat(mine.path.c_str(), &file) == 0 && file.st_dev == out.st_dev &&
                           file.st_ino == out.st_ino;
        if (is_it)
            return refused("Standard output", "goes into " + mine.path + ", which is " + mine.what,
                           "Send it to another file.");
    }
    return {};
}

result<copy_target> copy_target::examine(const std::string& path, std::span<const own_file> own) {
    if (path == "-") {
        if (::isatty(STDOUT_FILENO) == 1)
            return refused("Standard output", "is a terminal", "Send it to a file or into a pipe.");
        HK_CHECK(check_standard_output(own));
        if (struct stat out{}; ::fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) && out.st_size != 0)
            return refused("Standard output", "goes into a file that holds something already",
                           "Send it to a new file, with > alone.");
        return copy_target(kind::stream, {});
    }
    const auto real = real_path(path);
    for (const auto& mine : own)
        if (!mine.path.empty() && (is_same_file(real, mine.path) || real == real_path(mine.path)))
            return refused(path, "is " + mine.what);

    struct stat file{};
    if (::stat(real.c_str(), &file) != 0) {
        if (errno != ENOENT) return unreachable(path, errno);
        if (is_there(path)) return refused(path, "is a link to nothing");
        const auto folder = fs::path(real).parent_path();
        if (::faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
            return unreachable(path, errno);
        return copy_target(kind::absent, real);
    }
    if (S_ISFIFO(file.st_mode) || S_ISCHR(file.st_mode)) return copy_target(kind::stream, real);
    if (S_ISDIR(file.st_mode)) return refused(path, "is a folder");
    if (!S_ISREG(file.st_mode)) return refused(path, "is a socket or a device");
    HK_TRY(const bool is_ours, is_earlier_copy(real));
    if (!is_ours)
        return refused(path, "exists and is no backup made by hourkey",
                       "Name another file for the copy, or remove that one yourself.");
    return copy_target(kind::earlier_copy, real);
}

result<> copy_target::take(partial_file copy) const {
    if (is_ == kind::stream) return write_through(copy.path());
    HK_CHECK(sync_file(copy.path()));
    if (is_ == kind::absent) {
        if (const int error = give_name(copy.path(), path_); error == EEXIST)
            return refused(path_, "has come to be meanwhile");
        else if (error != 0)
            return unreachable(path_, error);
    } else {
        HK_TRY(const bool is_still_ours, is_earlier_copy(path_));
        if (!is_still_ours) return refused(path_, "is another file than before");
        if (std::rename(copy.path().c_str(), path_.c_str()) != 0) return unreachable(path_, errno);
    }
    copy.let_go();
    return sync_folder_of(path_);
}

result<> copy_target::write_through(const std::string& copy) const {
    const auto name = path_.empty() ? std::string("standard output") : path_;
    const os::unique_descriptor opened(path_.empty() ? -1 : ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!path_.empty() && !opened) return unreachable(name, errno);
    const int to = opened ? opened.get() : STDOUT_FILENO;
    if (::isatty(to) == 1) return refused(name, "is a terminal", "Send it to a file or into a pipe.");
    const os::unique_descriptor from(::open(copy.c_str(), O_RDONLY | O_CLOEXEC));
    if (!from) return file_failure("reading " + copy, errno);
    std::array<char, 64 * 1024> block{};
    for (;;) {
        const auto n = ::read(from.get(), block.data(), block.size());
        if (n < 0) return file_failure("reading " + copy, errno);
        if (n == 0) return {};
        HK_CHECK(write_all(to, block.data(), static_cast<std::size_t>(n), name));
    }
}

}  // namespace hourkey::store
