#include "store/lock_file.hpp"

#include "store/durable_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace hourkey::store {

result<lock_file> lock_file::take(const std::string& database_path) {
    lock_file lock(::open((database_path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (lock.fd_ < 0) return file_failure("opening the lock file", errno);
    if (::fchmod(lock.fd_, S_IRUSR | S_IWUSR) != 0) return file_failure("setting the lock file's mode", errno);
    if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return file_failure("locking the lock file", errno);
        return failure(errc::store_unavailable, "Another hourkeyd has this database open.", "Stop it first, or give this one a database of its own.", {});
    }
    return lock;
}

lock_file::~lock_file() {
    if (fd_ >= 0) ::close(fd_);
}

lock_file::lock_file(lock_file&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

}  // namespace hourkey::store
