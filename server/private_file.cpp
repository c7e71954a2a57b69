#include "server/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace hourkey::server {
namespace {

constexpr std::size_t max_bytes = 64 * 1024;

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    ~descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

failure cannot(std::string_view verb, const std::string& path) {
    const int error = errno;
    return failure(errc::invalid_configuration, "Cannot " + std::string(verb) + " " + path + ": " + std::strerror(error) + ".",
                   "Check that the path is right and that the user running hourkey owns it.");
}

result<> write_all(int fd, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0) return cannot("write", path);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(fd) != 0) return cannot("sync", path);
    return {};
}

}  // namespace

result<> write_private_file(const std::string& path, std::string_view bytes, private_file_mode mode) {
    const bool replace = mode == private_file_mode::replace;
    const auto target = replace ? path + ".new" : path;
    {
        const descriptor file(::open(target.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (replace ? O_TRUNC : O_EXCL), 0600));
        if (!file) return cannot("create", target);
        if (::fchmod(file.get(), 0600) != 0) return cannot("protect", target);
        HK_CHECK(write_all(file.get(), bytes, target));
    }
    if (replace && ::rename(target.c_str(), path.c_str()) != 0) return cannot("replace", path);
    const auto folder = std::filesystem::path(path).parent_path();
    const descriptor dir(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (dir && ::fsync(dir.get()) != 0) return cannot("sync", folder.string());
    return {};
}

result<secret> read_private_file(const std::string& path) {
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return cannot("read", path);
    struct stat st{};
    if (::fstat(file.get(), &st) != 0) return cannot("read", path);
    if ((st.st_mode & 0077) != 0) return failure(errc::invalid_configuration, path + " may be read by others.", "Run: chmod 600 " + path);
    if (static_cast<std::size_t>(st.st_size) > max_bytes)
        return failure(errc::invalid_configuration, path + " is larger than 64 KiB.", "Is it the right file?");
    std::array<char, max_bytes> buffer;
    std::size_t size = 0;
    while (size < buffer.size()) {
        const auto n = ::read(file.get(), buffer.data() + size, buffer.size() - size);
        if (n < 0) return cannot("read", path);
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    secret out({buffer.data(), size});
    wipe_bytes(buffer.data(), buffer.size());
    return out;
}

}  // namespace hourkey::server
