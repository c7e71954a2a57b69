#include "store_sqlite/head_keeper.hpp"

#include <sys/stat.h>

#include <chrono>
#include <utility>

namespace hourkey::store {
namespace {

constexpr std::chrono::seconds between_looks{1};

}  // namespace

struct head_keeper::identity {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = -1;  ///< -1: not there
    mode_t mode = 0;
    uid_t owner = 0;
    timespec changed{};

    static identity of(const std::string& path) {
        struct stat file{};
        if (::stat(path.c_str(), &file) != 0) return {};
        return {file.st_dev, file.st_ino, file.st_size, file.st_mode, file.st_uid, file.st_mtim};
    }
    bool operator==(const identity& o) const {
        return device == o.device && inode == o.inode && size == o.size && mode == o.mode && owner == o.owner &&
               changed.tv_sec == o.changed.tv_sec && changed.tv_nsec == o.changed.tv_nsec;
    }
};

head_keeper::head_keeper(std::shared_ptr<const head_file> file, std::string database_path, file_notice tell,
                         const trail_place& end)
    : file_(std::move(file)), database_path_(std::move(database_path)), tell_(std::move(tell)) {
    newest_.ends = {end};
    newest_.in_file = end_in_file_alone(database_path_);
    if (const auto before = file_->read(); !newest_.in_file && before && *before) newest_.in_file = (*before)->in_file;
    write(newest_);
    thread_ = std::thread([this] { run(); });
}

head_keeper::~head_keeper() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void head_keeper::remember(const trail_place& end) {
    {
        const std::lock_guard lock(mutex_);
        newest_.ends = {end};
        is_pending_ = true;
    }
    changed_.notify_one();
}

void head_keeper::remember_in_file(const trail_place& end) {
    {
        const std::lock_guard lock(mutex_);
        newest_.in_file = end;
        is_pending_ = true;
    }
    changed_.notify_one();
}

result<> head_keeper::write_anew() {
    std::unique_lock lock(mutex_);
    const auto mine = ++asked_;
    is_pending_ = true;
    changed_.notify_one();
    has_answered_.wait(lock, [&] { return answered_ >= mine; });
    return answer_;
}

void head_keeper::run() {
    for (bool is_last = false; !is_last;) {
        std::optional<database_memory> next;
        std::uint64_t asked = 0;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, between_looks, [this] { return is_pending_ || is_stopping_; });
            if (std::exchange(is_pending_, false)) next = newest_;
            asked = asked_;
            is_last = is_stopping_;
        }
        look();
        if (!next) continue;
        auto done = write(*next);
        {
            const std::lock_guard lock(mutex_);
            answered_ = asked;
            answer_ = std::move(done);
        }
        has_answered_.notify_all();
    }
}

result<> head_keeper::write(const database_memory& what) {
    auto done = file_->write(what, database_path_);
    if (!done && !has_failed_)
        tell_("cannot write " + file_->path() + ": " + done.error().cause,
              "look at its folder: rights, owner, free space");
    has_failed_ = !done;
    if (!done) return done;
    written_ = what;
    seen_ = std::make_unique<identity>(identity::of(file_->path()));
    return done;
}

void head_keeper::look() {
    if (!written_ || has_failed_ || *seen_ == identity::of(file_->path())) return;
    tell_(file_->path() + " has been removed or changed by another program; it is written anew",
          "leave it alone: it tells whether the database is the newest");
    write(*written_);
}

}  // namespace hourkey::store
