#include "os/private_file.hpp"

#include "os/private_rights.hpp"
#include "os/signals.hpp"
#include "os/unique_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace hourkey::os {
namespace {

constexpr std::size_t max_bytes = 64 * 1024;

failure cannot(std::string_view verb, const std::string& path) {
    const int error = errno;
    return failure(errc::invalid_configuration,
                   "Cannot " + std::string(verb) + " " + path + ": " + std::strerror(error) + ".",
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

/// A file beside the one to be, of a name that nobody else has: first starts at once, in whichever containers, do not
/// share it.
class temporary_file {
public:
    explicit temporary_file(const std::string& beside)
        : name_(beside + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {}
    ~temporary_file() {
        if (file_ && !is_in_place_) ::unlink(name_.c_str());
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    [[nodiscard]] explicit operator bool() const { return static_cast<bool>(file_); }
    [[nodiscard]] int get() const { return file_.get(); }

    result<> put_in_place(const std::string& path, private_file_mode mode) {
        if (mode == private_file_mode::replace) {
            if (::rename(name_.c_str(), path.c_str()) != 0) return cannot("replace", path);
            is_in_place_ = true;
            return {};
        }
        if (::link(name_.c_str(), path.c_str()) != 0)
            return cannot("create", path);  // rename() would replace what is there
        return {};
    }

private:
    std::string name_;
    unique_descriptor file_;
    bool is_in_place_ = false;
};

result<secret> read_whole(int file, const struct stat& about, const std::string& path) {
    if (static_cast<std::size_t>(about.st_size) > max_bytes)
        return failure(errc::invalid_configuration, path + " is larger than 64 KiB.", "Is it the right file?");
    std::array<char, max_bytes> buffer;
    std::size_t size = 0;
    while (size < buffer.size()) {
        const auto n = ::read(file, buffer.data() + size, buffer.size() - size);
        if (n < 0) {
            auto why = cannot("read", path);
            wipe_bytes(buffer.data(), size);
            return why;
        }
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    secret out({buffer.data(), size});
    wipe_bytes(buffer.data(), size);
    return out;
}

}  // namespace

result<> write_private_file(const std::string& path, std::string_view bytes, private_file_mode mode) {
    {
        const signal_pause whole_or_not_at_all;
        temporary_file fresh(path);
        if (!fresh) return cannot("create", path);
        if (::fchmod(fresh.get(), 0600) != 0) return cannot("protect", path);
        HK_CHECK(write_all(fresh.get(), bytes, path));
        HK_CHECK(fresh.put_in_place(path, mode));
    }
    const auto folder = std::filesystem::path(path).parent_path();
    const unique_descriptor dir(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!dir || ::fsync(dir.get()) != 0) return cannot("sync", folder.empty() ? "." : folder.string());
    return {};
}

result<secret> read_private_file(const std::string& path) {
    const unique_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat st{};
    if (!file || ::fstat(file.get(), &st) != 0) return cannot("read", path);
    if (!is_private_file(st))
        return failure(errc::invalid_configuration, path + " may be read by others.", how_to_make_private(path));
    return read_whole(file.get(), st, path);
}

result<secret> read_token_file(const std::string& path) {
    const unique_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat st{};
    if (!file || ::fstat(file.get(), &st) != 0) return cannot("read", path);
    if (!S_ISREG(st.st_mode))
        return failure(errc::invalid_configuration, path + " is no regular file.", "Is it the right file?");
    HK_TRY(const auto whole, read_whole(file.get(), st, path));
    constexpr std::string_view blanks = " \t\r\n";
    const auto text = whole.expose();
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos)
        return failure(errc::invalid_configuration, path + " is empty.", "Whoever issues the token writes it there.");
    return secret(text.substr(from, text.find_last_not_of(blanks) - from + 1));
}

}  // namespace hourkey::os
