#include "store_sqlite/background_check.hpp"

#include "store_sqlite/open_connection.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <vector>

namespace hourkey::store {
namespace {

// Vends come first, on a machine with few cores too.
constexpr int background_nice = 10;
// An interrupt that comes between two statements is lost, so it is sent until the thread has ended.
constexpr std::chrono::milliseconds between_interrupts{5};

failure corrupt(std::string cause) {
    return failure(errc::store_corrupt, {}, "Stop the server and restore the last backup.", std::move(cause));
}

result<std::vector<std::string>> tables_of(sqlite_handle& db) {
    statement select(db, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    std::vector<std::string> names;
    query q(select);
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return names;
        names.emplace_back(q.text());
    }
}

}  // namespace

background_check::background_check(std::string path, std::function<void(const result<>&)> ended)
    : path_(std::move(path)), ended_(std::move(ended)), thread_([this] { run(); }) {}

background_check::~background_check() {
    is_stopping_ = true;
    {
        std::unique_lock lock(mutex_);
        do {
            if (running_ != nullptr) running_->interrupt();
        } while (!has_ended_.wait_for(lock, between_interrupts, [this] { return is_over_; }));
    }
    thread_.join();
}

void background_check::run() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), background_nice);  // on Linux this thread alone
    const auto found = read_through();
    if (!is_stopping_) ended_(found);
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    has_ended_.notify_one();
}

result<> background_check::read_through() {
    HK_TRY(const auto db, open_for_reading(path_));
    struct in_use {
        background_check& check;
        in_use(background_check& c, sqlite_handle* db) : check(c) { set(db); }
        ~in_use() { set(nullptr); }
        in_use(const in_use&) = delete;
        in_use& operator=(const in_use&) = delete;
        void set(sqlite_handle* db) {
            const std::lock_guard lock(check.mutex_);
            check.running_ = db;
        }
    };
    const in_use guard(*this, db.get());
    HK_TRY(const auto tables, tables_of(*db));
    for (const auto& table : tables) {
        if (is_stopping_) return {};
        HK_TRY(const auto verdict, read_text(*db, ("PRAGMA quick_check(\"" + table + "\")").c_str()));
        if (verdict != "ok") return corrupt(table + ": " + verdict);
    }
    statement orphans(*db, "PRAGMA foreign_key_check");
    HK_TRY(const bool has_orphans, query(orphans).next());
    if (has_orphans) return corrupt("a reference to nothing");
    return {};
}

}  // namespace hourkey::store
