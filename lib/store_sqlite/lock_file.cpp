#include "store_sqlite/lock_file.hpp"

#include "store_sqlite/durable_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

namespace hourkey::store {
namespace {

// A command holds the store for moments: who starts a server meanwhile must not be refused for it.
constexpr std::chrono::seconds patience{2};
constexpr std::chrono::milliseconds between_tries{20};

/// 0, or errno: EWOULDBLOCK when another keeps it.
int lock_with_patience(int fd) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return errno;
        if (std::chrono::steady_clock::now() >= until) return EWOULDBLOCK;
        std::this_thread::sleep_for(between_tries);
    }
    return 0;
}

failure not_locked(const std::string& path, int error) {
    if (error != EWOULDBLOCK) return file_failure("locking " + path, error);
    return failure(errc::store_unavailable, "Another hourkeyd has this database open.",
                   "Stop it first, or give this one a database of its own.", path + " is locked");
}

bool is_held(const std::string& path) {
    const os::unique_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

result<lock_file> lock_file::take(const std::string& database_path) {
    const auto path = database_path + ".lock";
    lock_file lock(
        os::unique_descriptor(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)));
    if (!lock.named_) return file_failure("opening " + path, errno);
    HK_CHECK(give_to_owner_of(database_path, lock.named_.get()));
    if (::fchmod(lock.named_.get(), S_IRUSR | S_IWUSR) != 0) return file_failure("setting the mode of " + path, errno);
    if (const int error = lock_with_patience(lock.named_.get()); error != 0) return not_locked(path, error);
    HK_CHECK(lock.take_database(database_path));
    return lock;
}

result<> lock_file::take_database(const std::string& database_path) {
    if (database_) return {};
    os::unique_descriptor file(::open(database_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return errno == ENOENT ? result<>() : file_failure("opening " + database_path, errno);
    if (const int error = lock_with_patience(file.get()); error != 0) return not_locked(database_path, error);
    database_ = std::move(file);
    return {};
}

bool is_locked(const std::string& database_path) { return is_held(database_path + ".lock") || is_held(database_path); }

}  // namespace hourkey::store
