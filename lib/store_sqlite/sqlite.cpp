#include "store_sqlite/sqlite.hpp"

#include "store_sqlite/durable_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>
#include <utility>

namespace hourkey::store {
namespace {

/// Without its memory statistics SQLite's allocations take no global mutex; threads then share nothing.
void configure_library() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

/// https://sqlite.org/uri.html: `?`, `#` and `%` would mean something there.
std::string as_uri(const std::string& path) {
    std::string uri("file:");
    for (const char c : path) {
        if (c == '?')
            uri.append("%3f");
        else if (c == '#')
            uri.append("%23");
        else if (c == '%')
            uri.append("%25");
        else
            uri.push_back(c);
    }
    return uri;
}

constexpr int pages_per_step = 256;  // of 4 KiB

int keep_wal_frames(void* frames, sqlite3*, const char*, int count) {
    *static_cast<int*>(frames) = count;
    return SQLITE_OK;
}

}  // namespace

result<std::unique_ptr<sqlite_handle>> sqlite_handle::open(const std::string& path, access a,
                                                           std::chrono::milliseconds busy_timeout) {
    configure_library();
    HK_CHECK(check_files_of_database(path));
    std::unique_ptr<sqlite_handle> handle(new sqlite_handle);
    const bool fixed = a == access::immutable;
    const int flags = (a == access::read_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
                      SQLITE_OPEN_EXRESCODE | (fixed ? SQLITE_OPEN_URI : 0);
    const auto name = fixed ? as_uri(path) + "?immutable=1" : path;
    if (const int rc = sqlite3_open_v2(name.c_str(), &handle->db_, flags, nullptr); rc != SQLITE_OK)
        return handle->fail(rc, "opening the database");
    handle->patience_ = busy_timeout;
    sqlite3_busy_timeout(handle->db_, static_cast<int>(busy_timeout.count()));
    sqlite3_wal_hook(handle->db_, keep_wal_frames, &handle->wal_frames_);  // also takes the place of auto-checkpoints
    return handle;
}

// _v2 waits for statements that are finalised after it.
sqlite_handle::~sqlite_handle() { sqlite3_close_v2(db_); }

result<> sqlite_handle::execute(const std::string& sql) {
    if (const int rc = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr); rc != SQLITE_OK)
        return fail(rc, sql.substr(0, 60));
    return {};
}

failure sqlite_handle::fail(int code, std::string_view doing) {
    std::string cause(doing);
    cause.append(": ").append(sqlite3_errstr(code)).append(" (").append(std::to_string(code)).append(")");
    if (db_ != nullptr) cause.append(": ").append(sqlite3_errmsg(db_));
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            if (code == SQLITE_CONSTRAINT_FOREIGNKEY)
                return failure(errc::not_found, {}, "What it refers to must exist first.", std::move(cause));
            if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
                return failure(errc::already_exists, {}, {}, std::move(cause));
            return failure(errc::internal, {}, {}, std::move(cause));
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            is_broken_ = is_damaged_ = true;
            return failure(errc::store_corrupt, {}, "Restore the last backup.", std::move(cause));
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL: is_broken_ = true; break;
        default: break;
    }
    return failure(errc::store_unavailable, {}, "Try again; if it lasts, look at the server's disk.", std::move(cause));
}

void sqlite_handle::interrupt() noexcept { sqlite3_interrupt(db_); }

int sqlite_handle::changes() const noexcept { return sqlite3_changes(db_); }

result<sqlite_handle::log_state> sqlite_handle::run_checkpoint(checkpoint how) {
    const int mode = how == checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
    int frames = -1, copied = -1;
    sqlite3_busy_timeout(db_, 0);
    const int rc = sqlite3_wal_checkpoint_v2(db_, nullptr, mode, &frames, &copied);
    sqlite3_busy_timeout(db_, static_cast<int>(patience_.count()));
    if (rc != SQLITE_OK && rc != SQLITE_BUSY && rc != SQLITE_LOCKED) return fail(rc, "checkpointing");
    if (frames < 0)
        return log_state{static_cast<std::uint64_t>(wal_frames_), 0};  // another checkpoints: an administrator's shell
    wal_frames_ = frames;
    return log_state{static_cast<std::uint64_t>(frames), static_cast<std::uint64_t>(copied)};
}

result<> sqlite_handle::copy_from(sqlite_handle& source, const std::function<bool()>& wants_stop) {
    // The snapshot: without one, each commit of the server's would make the steps begin again.
    HK_CHECK(source.execute("BEGIN"));
    HK_CHECK(read_integer(source, "SELECT count(*) FROM sqlite_schema"));
    auto* copying = sqlite3_backup_init(db_, "main", source.db_, "main");
    if (copying == nullptr) return fail(sqlite3_extended_errcode(db_), "copying");
    int stepped = SQLITE_OK;
    bool is_stopped = false;
    while (stepped == SQLITE_OK && !is_stopped) {
        stepped = sqlite3_backup_step(copying, pages_per_step);
        is_stopped = stepped == SQLITE_OK && wants_stop();
    }
    const int finished = sqlite3_backup_finish(copying);
    HK_CHECK(source.execute("COMMIT"));
    if (is_stopped)
        return failure(errc::store_unavailable, "Stopped before the copy was complete.", "Start it again.", {});
    if (stepped == SQLITE_DONE && finished == SQLITE_OK) return {};
    return fail(finished != SQLITE_OK ? finished : stepped, "copying");
}

statement::~statement() { sqlite3_finalize(prepared_); }

query::query(statement& s, begin) : db_(s.db_) {
    if (s.prepared_ == nullptr) {
        const int rc =
            sqlite3_prepare_v3(s.db_.raw(), s.sql_.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &s.prepared_, nullptr);
        if (rc != SQLITE_OK) failed_ = db_.fail(rc, s.sql_.c_str());
    }
    stmt_ = s.prepared_;
}

query::~query() {
    if (stmt_ != nullptr) sqlite3_reset(stmt_);
}

result<bool> query::next() {
    if (failed_) return *failed_;
    column_ = 0;
    const int rc = sqlite3_step(stmt_);
    if (rc == SQLITE_ROW) return true;
    if (rc == SQLITE_DONE) return false;
    failed_ = db_.fail(rc, sqlite3_sql(stmt_));
    return *failed_;
}

result<int> query::run() {
    HK_TRY(const bool has_row, next());
    if (has_row) return failure(errc::internal, {}, {}, "a statement without rows gave one");
    return db_.changes();
}

std::int64_t query::integer() { return sqlite3_column_int64(stmt_, column_++); }

std::int64_t query::peek_integer() const { return sqlite3_column_int64(stmt_, column_); }

std::string_view query::text() {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column_));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column_++));
    return {bytes, bytes == nullptr ? 0 : size};
}

bool query::is_null() const { return sqlite3_column_type(stmt_, column_) == SQLITE_NULL; }

std::optional<std::int64_t> query::maybe_integer() {
    if (!is_null()) return integer();
    skip();
    return std::nullopt;
}

std::optional<wall_time> query::maybe_time() {
    const auto ns = maybe_integer();
    return ns ? std::optional(wall_time(std::chrono::nanoseconds(*ns))) : std::nullopt;
}

ulid query::id() {
    std::array<unsigned char, 16> bytes{};
    copy_blob(bytes.data(), bytes.size());
    return ulid::from_bytes(bytes);
}

std::uint32_t query::small_integer() {
    const auto value = integer();
    if (!std::in_range<std::uint32_t>(value)) is_whole_ = false;
    return static_cast<std::uint32_t>(value);
}

void query::copy_blob(unsigned char* to, std::size_t size) {
    const auto* blob = static_cast<const unsigned char*>(sqlite3_column_blob(stmt_, column_));
    if (static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column_++)) != size) {
        is_whole_ = false;
        return;
    }
    std::copy_n(blob, size, to);
}

void query::note(int code) {
    if (code != SQLITE_OK && !failed_) failed_ = db_.fail(code, "binding");
}

void query::bind(std::int64_t value) {
    if (stmt_ != nullptr) note(sqlite3_bind_int64(stmt_, ++parameter_, value));
}

void query::bind(std::string_view value) {
    // A null pointer would bind NULL; an empty text is not NULL.
    if (stmt_ != nullptr)
        note(sqlite3_bind_text(stmt_, ++parameter_, value.data() == nullptr ? "" : value.data(),
                               static_cast<int>(value.size()), SQLITE_STATIC));
}

void query::bind(std::nullopt_t) {
    if (stmt_ != nullptr) note(sqlite3_bind_null(stmt_, ++parameter_));
}

void query::bind(const ulid& value) { bind_bytes(value.bytes().data(), 16); }

void query::bind_bytes(const void* bytes, int size) {
    if (stmt_ != nullptr) note(sqlite3_bind_blob(stmt_, ++parameter_, bytes, size, SQLITE_STATIC));
}

result<std::int64_t> read_integer(sqlite_handle& db, const char* sql) {
    statement once(db, sql);
    query q(once);
    HK_TRY(const bool has_row, q.next());
    return has_row ? q.integer() : std::int64_t{0};
}

result<std::string> read_text(sqlite_handle& db, const char* sql) {
    statement once(db, sql);
    query q(once);
    HK_TRY(const bool has_row, q.next());
    return has_row ? std::string(q.text()) : std::string();
}

failure damaged_row(std::string_view table) {
    return failure(errc::store_corrupt, {}, "Restore the last backup.",
                   "a row of " + std::string(table) + " does not hold what this store writes");
}

}  // namespace hourkey::store
