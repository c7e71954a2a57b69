// LD_PRELOAD: a disk that remembers only what was synced. A file under POWER_CUT_DIR reaches POWER_CUT_SHADOW by a
// successful fsync or fdatasync, whole and at once (copied beside, then renamed); deletions, links and renames are
// durable. After a kill -9 the shadow is what a power cut would have left. POWER_CUT_FORGET=SUFFIX makes syncs of files
// of that name succeed without effect: a disk that lies, which a test of this shim must notice. Reads through the
// descriptor it is given: opening and closing a database file would drop the process' POSIX locks.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace {

template <class Function>
Function* real(const char* name) {
    // The one way that dlsym offers.
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::string_view setting(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

/// The file's name below POWER_CUT_DIR, if it is directly in it.
std::optional<std::string> watched_name(std::string_view path) {
    const auto directory = setting("POWER_CUT_DIR");
    if (directory.empty() || !path.starts_with(directory) || path.size() < directory.size() + 2 ||
        path[directory.size()] != '/')
        return std::nullopt;
    path.remove_prefix(directory.size() + 1);
    if (path.find('/') != std::string_view::npos) return std::nullopt;
    return std::string(path);
}

std::optional<std::string> watched_name(int fd) {
    struct stat s{};
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return std::nullopt;
    std::array<char, PATH_MAX> path{};
    const auto size = readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size());
    if (size <= 0) return std::nullopt;
    return watched_name(std::string_view(path.data(), static_cast<std::size_t>(size)));
}

std::string shadow_of(std::string_view name) {
    return std::string(setting("POWER_CUT_SHADOW")).append("/").append(name);
}

/// A shadow that is not true would make every verdict wrong.
void require(bool ok, const char* what) {
    if (ok) return;
    std::perror(what);
    std::abort();
}

void remember(const std::string& name) {
    static std::atomic<unsigned> count{0};
    thread_local std::array<char, 256 * 1024> buffer;
    const auto part = shadow_of(".part-" + std::to_string(getpid()) + "-" + std::to_string(++count));
    const int out = open(part.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    require(out >= 0, "power_cut_shim: creating a shadow");
    // Anew by its path: what is synced may have been opened for writing alone.
    const int in = open(std::string(setting("POWER_CUT_DIR")).append("/").append(name).c_str(), O_RDONLY | O_CLOEXEC);
    require(in >= 0, "power_cut_shim: opening");
    off_t at = 0;
    for (;;) {
        const auto got = pread(in, buffer.data(), buffer.size(), at);
        require(got >= 0, "power_cut_shim: reading");
        if (got == 0) break;
        require(write(out, buffer.data(), static_cast<std::size_t>(got)) == got, "power_cut_shim: writing");
        at += got;
    }
    close(in);
    close(out);
    require(real<int(const char*, const char*)>("rename")(part.c_str(), shadow_of(name).c_str()) == 0,
            "power_cut_shim: renaming");
}

int sync_with(const char* function, int fd) {
    const auto name = watched_name(fd);
    const auto forgotten = setting("POWER_CUT_FORGET");
    if (name && !forgotten.empty() && std::string_view(*name).ends_with(forgotten)) return 0;
    const int rc = real<int(int)>(function)(fd);
    if (rc == 0 && name) remember(*name);
    return rc;
}

}  // namespace

extern "C" {

int fsync(int fd) { return sync_with("fsync", fd); }
int fdatasync(int fd) { return sync_with("fdatasync", fd); }

int unlink(const char* path) noexcept {
    const int rc = real<int(const char*)>("unlink")(path);
    if (rc == 0)
        if (const auto name = watched_name(path)) real<int(const char*)>("unlink")(shadow_of(*name).c_str());
    return rc;
}

int link(const char* from, const char* to) noexcept {
    const int rc = real<int(const char*, const char*)>("link")(from, to);
    const auto old_name = watched_name(from), new_name = watched_name(to);
    if (rc == 0 && old_name && new_name)
        real<int(const char*, const char*)>("link")(shadow_of(*old_name).c_str(), shadow_of(*new_name).c_str());
    return rc;
}

int rename(const char* from, const char* to) noexcept {
    const int rc = real<int(const char*, const char*)>("rename")(from, to);
    const auto old_name = watched_name(from), new_name = watched_name(to);
    if (rc == 0 && old_name && new_name)
        real<int(const char*, const char*)>("rename")(shadow_of(*old_name).c_str(), shadow_of(*new_name).c_str());
    return rc;
}

}  // extern "C"
