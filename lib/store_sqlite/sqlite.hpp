#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace hourkey::store {

/// One SQLite connection, for one thread at a time (SQLITE_OPEN_NOMUTEX).
class sqlite_handle {
public:
    /// immutable: takes no lock, makes no file beside it and does not see its log; for a file that nobody has open.
    enum class access { read_only, read_write, immutable };
    /// The file must exist; it is not created here.
    [[nodiscard]] static result<std::unique_ptr<sqlite_handle>> open(const std::string& path, access a,
                                                                     std::chrono::milliseconds busy_timeout);
    ~sqlite_handle();
    sqlite_handle(const sqlite_handle&) = delete;
    sqlite_handle& operator=(const sqlite_handle&) = delete;

    /// One or more statements without parameters.
    [[nodiscard]] result<> execute(const std::string& sql);

    /// After an I/O error, a full disk or a damaged page nothing is known about a write connection's state (security:
    /// "a failed COMMIT means unknown"): it must be closed.
    [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }
    [[nodiscard]] bool is_damaged() const noexcept { return is_damaged_; }

    /// Turns the code of the call just made into a failure and remembers a broken connection.
    [[nodiscard]] failure fail(int code, std::string_view doing);

    /// Ends the statement that is running, from another thread.
    void interrupt() noexcept;

    [[nodiscard]] int changes() const noexcept;
    /// Frames in the WAL after the last commit on this connection.
    [[nodiscard]] int wal_frames() const noexcept { return wal_frames_; }
    enum class checkpoint { passive, truncate };
    struct log_state {
        std::uint64_t frames = 0;  ///< in the WAL
        std::uint64_t copied = 0;  ///< of them, those that are in the database file too
    };
    /// Waits for nobody: what a reader's snapshot keeps stays in the WAL, as the outcome tells.
    [[nodiscard]] result<log_state> run_checkpoint(checkpoint how);
    /// In steps of a MiB, as one snapshot; the source's other users go on. store_unavailable when `wants_stop` says so
    /// between two steps.
    [[nodiscard]] result<> copy_from(sqlite_handle& source, const std::function<bool()>& wants_stop);
    [[nodiscard]] sqlite3* raw() const noexcept { return db_; }

private:
    sqlite_handle() = default;
    sqlite3* db_ = nullptr;
    std::chrono::milliseconds patience_{0};
    int wal_frames_ = 0;
    bool is_broken_ = false;
    bool is_damaged_ = false;
};

/// A statement prepared at its first use and kept.
class statement {
public:
    statement(sqlite_handle& db, std::string sql) noexcept : db_(db), sql_(std::move(sql)) {}
    ~statement();
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;

private:
    friend class query;
    sqlite_handle& db_;
    std::string sql_;
    sqlite3_stmt* prepared_ = nullptr;
};

/// One run of a statement: binds its parameters in order, steps, reads columns in order, resets at its end. The
/// parameters are not copied and must live as long.
class query {
public:
    template <class... Values>
    explicit query(statement& s, const Values&... values) : query(s, begin{}) {
        (bind(values), ...);
    }
    ~query();
    query(const query&) = delete;
    query& operator=(const query&) = delete;

    /// True: a row to read.
    [[nodiscard]] result<bool> next();
    /// For a statement without rows: how many rows it changed.
    [[nodiscard]] result<int> run();

    // The next column of the row.
    [[nodiscard]] std::int64_t integer();
    [[nodiscard]] std::string_view text();  ///< until the next step
    [[nodiscard]] std::optional<std::int64_t> maybe_integer();
    [[nodiscard]] wall_time time() { return wall_time(std::chrono::nanoseconds(integer())); }
    [[nodiscard]] std::optional<wall_time> maybe_time();
    [[nodiscard]] std::int64_t peek_integer() const;  ///< does not move on
    [[nodiscard]] bool is_null() const;  ///< whether the next column is; does not move on
    void skip() noexcept { ++column_; }
    [[nodiscard]] ulid id();
    [[nodiscard]] std::array<unsigned char, 32> digest() { return bytes<32>(); }
    template <std::size_t Size>
    [[nodiscard]] std::array<unsigned char, Size> bytes() {
        std::array<unsigned char, Size> out{};
        copy_blob(out.data(), Size);
        return out;
    }
    [[nodiscard]] std::uint32_t small_integer();
    /// False after a column whose value does not have its type's size or range: not written by this store.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

private:
    struct begin {};
    query(statement& s, begin);

    void bind(std::int64_t value);
    void bind(std::uint64_t value) { bind(static_cast<std::int64_t>(value)); }
    void bind(std::string_view value);
    void bind(const std::string& value) { bind(std::string_view(value)); }
    void bind(const char* value) { bind(std::string_view(value)); }
    void bind(std::nullopt_t);
    void bind(const ulid& value);
    template <std::size_t Size>
    void bind(const std::array<unsigned char, Size>& value) {
        bind_bytes(value.data(), static_cast<int>(Size));
    }
    void bind(wall_time value) { bind(static_cast<std::int64_t>(value.time_since_epoch().count())); }
    void bind(std::chrono::seconds value) { bind(static_cast<std::int64_t>(value.count())); }
    template <class Tag>
    void bind(const basic_name<Tag>& value) {
        bind(std::string_view(value.str()));
    }
    template <class T>
    void bind(const std::optional<T>& value) {
        value ? bind(*value) : bind(std::nullopt);
    }
    void copy_blob(unsigned char* to, std::size_t size);
    void bind_bytes(const void* bytes, int size);
    void note(int code);

    sqlite_handle& db_;
    sqlite3_stmt* stmt_ = nullptr;
    int parameter_ = 0;
    int column_ = 0;
    bool is_whole_ = true;
    std::optional<failure> failed_;
};

/// First column of the first row of a one-off statement: pragmas and counts.
[[nodiscard]] result<std::int64_t> read_integer(sqlite_handle& db, const char* sql);
[[nodiscard]] result<std::string> read_text(sqlite_handle& db, const char* sql);

/// What a row holds cannot be: written by something other than this store.
[[nodiscard]] failure damaged_row(std::string_view table);

}  // namespace hourkey::store
