#include "server/store_files/running_copy.hpp"

#include "store_sqlite/backup.hpp"

#include <sys/statvfs.h>

#include <filesystem>

namespace hourkey::server {
namespace {

std::uintmax_t size_of(const std::string& file) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(file, absent);
    return absent ? 0 : size;
}

}  // namespace

running_copy::running_copy(std::string store_path, std::uint64_t min_free_bytes)
    : store_path_(std::move(store_path)), min_free_bytes_(min_free_bytes) {}

running_copy::~running_copy() {
    wants_stop_ = true;
    if (thread_.joinable()) thread_.join();
}

result<> running_copy::check_room() const {
    const auto size = size_of(store_path_) + size_of(store_path_ + "-wal");
    struct statvfs disk{};
    if (::statvfs(store_path_.c_str(), &disk) != 0) return {};  // the copy itself will tell
    if (std::uint64_t{disk.f_bavail} * disk.f_frsize >= size + min_free_bytes_) return {};
    return failure(
        errc::store_unavailable, "The server's disk has no room for a copy of the database.",
        "Free space on the store's disk, or stop the server and run the backup then: it needs no room there.", {});
}

result<std::uint64_t> running_copy::begin(steady_time now) {
    drop_when_forgotten(now);
    const std::lock_guard lock(mutex_);
    if (exists_) return failure(errc::in_use, "A backup is being made already.", "Try again when it has ended.", {});
    HK_CHECK(check_room());
    if (thread_.joinable()) thread_.join();  // of one that was dropped: it has ended
    file_.reset();
    HK_TRY(auto file, store::partial_file::make(store_path_ + ".copy"));
    file_.emplace(std::move(file));
    exists_ = true;
    is_dropped_ = false;
    outcome_.reset();
    looked_at_ = now;
    wants_stop_ = false;
    thread_ = std::thread([this] { make(); });
    return ++number_;
}

void running_copy::make() {
    auto made = store::copy_database(store_path_, file_->path(), [this] { return wants_stop_.load(); });
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(made);
    if (is_dropped_ || !*outcome_) file_.reset();
    if (is_dropped_) exists_ = false;
}

result<running_copy::progress> running_copy::look(std::uint64_t number, steady_time now) {
    const std::lock_guard lock(mutex_);
    if (!exists_ || is_dropped_ || number != number_)
        return failure(errc::not_found, "There is no copy.", "Start the backup again.", {});
    looked_at_ = now;
    if (!outcome_) return progress{};
    if (*outcome_) return progress{state::ready, file_->path()};
    auto why = outcome_->error();
    exists_ = false;
    return why;
}

void running_copy::drop(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    if (exists_ && number == number_) drop_this();
}

void running_copy::drop_this() {
    is_dropped_ = true;
    wants_stop_ = true;
    if (!outcome_) return;  // the thread removes it
    file_.reset();
    exists_ = false;
}

void running_copy::drop_when_forgotten(steady_time now) {
    const std::lock_guard lock(mutex_);
    if (exists_ && !is_dropped_ && now - looked_at_ >= patience) drop_this();
}

}  // namespace hourkey::server
