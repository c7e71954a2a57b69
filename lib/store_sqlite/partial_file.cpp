#include "store_sqlite/partial_file.hpp"

#include "core/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "store_sqlite/durable_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::store {
namespace {

constexpr std::string_view mark = ".partial-";
constexpr std::size_t random_letters = 16, proof_letters = 8;
/// What SQLite puts beside a database that it is writing.
constexpr std::array<const char*, 3> companions{"-journal", "-wal", "-shm"};

/// What a signal's handler takes away: more than one process ever makes at a time.
std::array<std::atomic<const char*>, 4> in_the_making{};
static_assert(std::atomic<const char*>::is_always_lock_free);

void remember(const char* path) noexcept {
    for (auto& place : in_the_making) {
        const char* none = nullptr;
        if (place.compare_exchange_strong(none, path)) return;
    }
}

void forget(const char* path) noexcept {
    for (auto& place : in_the_making) {
        const char* expected = path;
        if (place.compare_exchange_strong(expected, nullptr)) return;
    }
}

/// No allocation: this runs in a signal's handler too.
void remove_with_companions(const char* path) noexcept {
    std::array<char, 4096 + 16> name{};  // PATH_MAX and the longest ending
    const auto length = std::strlen(path);
    if (length > 4096) return;
    std::memcpy(name.data(), path, length);
    for (const char* ending : companions) {
        std::memcpy(name.data() + length, ending, std::strlen(ending) + 1);
        ::unlink(name.data());
    }
    ::unlink(path);
}

/// What follows from the random letters, so that a name is ours or somebody's who took care that it looks so.
std::string proof_of(std::string_view random) {
    const auto digest = crypto::sha256("hourkey partial file " + std::string(random));
    return to_hex(std::span(digest).first(proof_letters / 2));
}

bool is_leftover_name(std::string_view name, std::string_view of) {
    if (!name.starts_with(of)) return false;
    name.remove_prefix(of.size());
    if (!name.starts_with(mark) || name.size() != mark.size() + random_letters + proof_letters) return false;
    name.remove_prefix(mark.size());
    return name.substr(random_letters) == proof_of(name.substr(0, random_letters));
}

/// A leftover is an ordinary file of this user whose maker holds no lock on it any more.
void remove_if_left(const std::string& path) {
    const os::unique_descriptor left(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!left) return;
    struct stat file{};
    if (::fstat(left.get(), &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == ::geteuid() &&
        ::flock(left.get(), LOCK_EX | LOCK_NB) == 0)
        remove_with_companions(path.c_str());
}

void remove_leftovers(const std::string& of) {
    const std::filesystem::path whole(of);
    const auto folder = whole.parent_path();
    std::vector<std::string> left;
    std::error_code unseen;
    for (std::filesystem::directory_iterator entries(folder.empty() ? "." : folder, unseen), end;
         !unseen && entries != end; entries.increment(unseen))
        if (is_leftover_name(entries->path().filename().string(), whole.filename().string()))
            left.push_back(entries->path().string());
    for (const auto& path : left) remove_if_left(path);
}

}  // namespace

partial_file::partial_file(std::unique_ptr<std::string> path, os::unique_descriptor lock) noexcept
    : path_(std::move(path)), lock_(std::move(lock)) {}
partial_file::partial_file(partial_file&& other) noexcept = default;

std::string name_of_partial_file(const std::string& of) {
    std::array<unsigned char, random_letters / 2> random{};
    crypto::fill_random(random);
    const auto letters = to_hex(random);
    return of + std::string(mark) + letters + proof_of(letters);
}

result<partial_file> partial_file::make(const std::string& of) {
    remove_leftovers(of);
    auto path = std::make_unique<std::string>(name_of_partial_file(of));
    os::unique_descriptor file(
        ::open(path->c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file) return file_failure("making " + of + ".partial-*", errno);
    const int fd = file.get();
    partial_file made(std::move(path), std::move(file));
    remember(made.path().c_str());
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return file_failure("locking " + made.path(), errno);
    if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0) return file_failure("setting the mode of " + made.path(), errno);
    return made;
}

partial_file::~partial_file() {
    if (!path_) return;
    remove_with_companions(path_->c_str());
    let_go();
}

void partial_file::let_go() noexcept {
    forget(path_->c_str());
    lock_.reset();
    path_.reset();
}

void remove_partial_files() noexcept {
    for (const auto& place : in_the_making)
        if (const char* path = place.load()) remove_with_companions(path);
}

}  // namespace hourkey::store
