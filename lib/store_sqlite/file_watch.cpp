#include "store_sqlite/file_watch.hpp"

#include "store_sqlite/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace hourkey::store {
namespace {

// https://sqlite.org/fileformat.html#wal_file_format: the log's header, and the salt in it and in the header of each
// frame.
constexpr off_t log_header_bytes = 32;
constexpr off_t salt_at = 16;
constexpr std::ptrdiff_t frame_salt_at = 8;

bool is_same(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

void note_content(struct stat& seen, const struct stat& now) {
    seen.st_size = now.st_size;
    seen.st_mtim = now.st_mtim;
}

bool is_unwritten(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

result<file_watch> file_watch::start(const std::string& database_path, std::uint64_t page_bytes,
                                     std::vector<watched_file> others) {
    std::vector<watched_file> all{{database_path, "the database", {}},
                                  {database_path + "-wal", "the database's log", {}},
                                  {database_path + "-shm", "the index of the database's log", {}},
                                  {database_path + ".lock", "the lock file", {}}};
    for (auto& other : others) all.push_back(std::move(other));
    file_watch made;
    for (auto& file : all) {
        struct stat seen{};
        if (::stat(file.path.c_str(), &seen) != 0) return file_failure("looking at " + file.path, errno);
        made.files_.push_back({std::move(file), seen});
    }
    // Only the database file itself must not be opened here: closing it would drop SQLite's locks.
    made.log_.reset(::open(made.files_[1].file.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!made.log_) return file_failure("opening " + made.files_[1].file.path, errno);
    made.page_bytes_ = page_bytes;
    return made;
}

std::optional<std::string> file_watch::look_at(noted& n) {
    struct stat now{};
    if (::stat(n.file.path.c_str(), &now) == 0) {
        const bool is_the_file = is_same(now, n.seen);
        if (is_the_file && (!n.file.is_still_right || is_unwritten(now, n.seen))) return std::nullopt;
        if (n.file.is_still_right && n.file.is_still_right()) {
            n.seen.st_dev = now.st_dev;
            n.seen.st_ino = now.st_ino;
            note_content(n.seen, now);
            return std::nullopt;
        }
        if (is_the_file) return n.file.path + " (" + n.file.what + ") has been written by another program";
        return n.file.path + " (" + n.file.what + ") has been replaced by another file";
    }
    return n.file.path + " (" + n.file.what + ") is gone";
}

std::optional<std::string> file_watch::find_change() {
    if (has_stranger_) return files_.front().file.path + " (the database) has been changed by another program";
    for (auto& n : files_)
        if (auto change = look_at(n)) return change;
    struct stat now{};
    const auto& database = files_.front();
    // Only our checkpoints write it.
    if (::stat(database.file.path.c_str(), &now) != 0 || !is_unwritten(now, database.seen))
        return database.file.path + " (the database) has been written by another program";
    return std::nullopt;
}

std::optional<std::string> file_watch::find_loss() {
    if (auto change = find_change()) return change;
    if (frames_ == 0) return std::nullopt;
    frame_header there{};
    if (read_last_frame(frames_, there) && there == last_frame_) return std::nullopt;
    const auto salt = read_salt();
    if (may_have_begun_anew_ && salt != salt_ && salt != log_salt{}) return std::nullopt;
    return files_[1].file.path + " (the database's log) no longer ends with the last commit";
}

std::optional<std::string> file_watch::find_new_rights() {
    for (auto& n : files_) {
        struct stat now{};
        if (::stat(n.file.path.c_str(), &now) != 0 || !is_same(now, n.seen)) continue;
        if (now.st_mode == n.seen.st_mode && now.st_uid == n.seen.st_uid && now.st_gid == n.seen.st_gid) continue;
        n.seen.st_mode = now.st_mode;
        n.seen.st_uid = now.st_uid;
        n.seen.st_gid = now.st_gid;
        return n.file.path + " (" + n.file.what + ") has other rights or another owner than before";
    }
    return std::nullopt;
}

std::optional<std::string> file_watch::find_change_after(std::uint64_t frames) {
    if (auto change = find_change()) return change;
    if (frames == 0) return std::nullopt;
    frame_header last{};
    const auto salt = read_salt();
    const bool is_of_this_log =
        read_last_frame(frames, last) && std::equal(salt.begin(), salt.end(), last.begin() + frame_salt_at);
    if (!is_of_this_log)
        return files_[1].file.path + " (the database's log) has been cut or written by another program";
    if (frames_ == 0 || frames >= frames_ || salt != salt_) return std::nullopt;
    return files_[2].file.path + " (the index of the database's log) has been put back by another program";
}

file_watch::log_salt file_watch::read_salt() const {
    log_salt salt{};
    if (::pread(log_.get(), salt.data(), salt.size(), salt_at) != static_cast<ssize_t>(salt.size())) salt.fill(0);
    return salt;
}

bool file_watch::read_last_frame(std::uint64_t frames, frame_header& into) const {
    const auto at = log_header_bytes + static_cast<off_t>((frames - 1) * (frame_header_bytes + page_bytes_));
    return ::pread(log_.get(), into.data(), into.size(), at) == static_cast<ssize_t>(into.size());
}

void file_watch::note_commit(std::uint64_t frames) {
    frames_ = frames;
    salt_ = read_salt();
    may_have_begun_anew_ = false;
    if (frames_ != 0 && !read_last_frame(frames_, last_frame_)) frames_ = 0;
}

void file_watch::note_checkpoint(std::uint64_t frames) {
    struct stat now{};
    auto& database = files_.front();
    if (::stat(database.file.path.c_str(), &now) == 0 && is_same(now, database.seen)) note_content(database.seen, now);
    if (frames == 0) frames_ = 0;
}

}  // namespace hourkey::store
