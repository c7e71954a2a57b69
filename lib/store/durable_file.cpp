#include "store/durable_file.hpp"

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

class descriptor {
public:
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    ~descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
};

result<> sync_path(const std::string& path, int flags) {
    const descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (file.get() < 0) return file_failure("opening a file to sync it", errno);
    if (::fsync(file.get()) != 0) return file_failure("syncing a file", errno);
    return {};
}

result<> sync_directory_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    return sync_path(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace

failure file_failure(std::string_view doing, int error) {
    return failure(errc::store_unavailable, {}, "Look at the directory of [store] path: its rights, its owner, its free space.",
                   std::string(doing) + ": " + std::generic_category().message(error));
}

result<> create_private_file(const std::string& path) {
    {
        const descriptor file(::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, owner_only));
        if (file.get() < 0) {
            if (errno == EEXIST) return failure(errc::already_exists, {}, {}, "the file exists");
            return file_failure("creating a file", errno);
        }
        if (::fchmod(file.get(), owner_only) != 0 || ::fsync(file.get()) != 0) return file_failure("creating a file", errno);
    }
    return sync_directory_of(path);
}

result<> make_private(const std::string& path) {
    if (::chmod(path.c_str(), owner_only) != 0 && errno != ENOENT) return file_failure("setting a file's mode", errno);
    return {};
}

result<> sync_file(const std::string& path) { return sync_path(path, O_RDONLY); }

result<> replace_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return file_failure("renaming a file", errno);
    return sync_directory_of(to);
}

}  // namespace hourkey::store
