#include "os/replaced_file.hpp"

#include "os/signals.hpp"
#include "os/unique_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace hourkey::os {
namespace {

failure cannot(std::string_view verb, const std::string& path, int error) {
    return failure(errc::invalid_configuration,
                   "Cannot " + std::string(verb) + " " + path + ": " + std::strerror(error) + ".",
                   "Check that you may write to it and to its folder. It is as it was.");
}

/// Gone unless it has taken the file's place.
class substitute {
public:
    explicit substitute(const std::string& beside)
        : name_(beside + ".XXXXXX"), file_(::mkostemp(name_.data(), O_CLOEXEC)) {}
    ~substitute() {
        if (file_ && !is_in_place_) ::unlink(name_.c_str());
    }
    substitute(const substitute&) = delete;
    substitute& operator=(const substitute&) = delete;

    [[nodiscard]] bool is_there() const { return static_cast<bool>(file_); }
    [[nodiscard]] bool take_after(const struct stat& old) const {
        const bool is_owned_alike = old.st_uid == ::geteuid() && old.st_gid == ::getegid();
        if (!is_owned_alike && ::fchown(file_.get(), old.st_uid, old.st_gid) != 0) return false;
        return ::fchmod(file_.get(), old.st_mode & 07777) == 0;  // after the owner, whose change takes bits away
    }
    [[nodiscard]] bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto n = ::write(file_.get(), bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return ::fsync(file_.get()) == 0;
    }
    [[nodiscard]] bool take_place_of(const std::string& path) {
        is_in_place_ = ::rename(name_.c_str(), path.c_str()) == 0;
        return is_in_place_;
    }

private:
    std::string name_;
    unique_descriptor file_;
    bool is_in_place_ = false;
};

}  // namespace

result<> replace_file(const std::string& path, std::string_view bytes) {
    std::error_code unseen;
    const auto real = std::filesystem::exists(path, unseen) ? std::filesystem::canonical(path, unseen).string() : path;
    struct stat old{};
    const bool is_there = ::stat(real.c_str(), &old) == 0;
    if (is_there && !S_ISREG(old.st_mode)) return cannot("replace", path, EINVAL);
    const signal_pause whole_or_not_at_all;
    substitute fresh(real);
    if (!fresh.is_there()) return cannot("write beside", path, errno);
    if (is_there && !fresh.take_after(old)) return cannot("keep the owner of", path, errno);
    if (!fresh.write(bytes)) return cannot("write", path, errno);
    if (!fresh.take_place_of(real)) return cannot("replace", path, errno);
    return {};
}

}  // namespace hourkey::os
