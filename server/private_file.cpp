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

result<> put_in_place(const std::string& from, const std::string& path, private_file_mode mode) {
    if (mode == private_file_mode::replace) {
        if (::rename(from.c_str(), path.c_str()) != 0) return cannot("replace", path);
        return {};
    }
    result<> done;
    if (::link(from.c_str(), path.c_str()) != 0) done = cannot("create", path);  // rename() would replace what is there
    ::unlink(from.c_str());
    return done;
}

}  // namespace

result<> write_private_file(const std::string& path, std::string_view bytes, private_file_mode mode) {
    // Each process has its own: two first starts at once must not write into one file.
    const auto fresh = path + "." + std::to_string(::getpid()) + ".new";
    {
        const descriptor file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC | O_NOFOLLOW, 0600));
        if (!file) return cannot("create", path);
        if (::fchmod(file.get(), 0600) != 0) return cannot("protect", path);
        HK_CHECK(write_all(file.get(), bytes, path));
    }
    HK_CHECK(put_in_place(fresh, path, mode));
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
