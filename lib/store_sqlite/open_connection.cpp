#include "store_sqlite/open_connection.hpp"

#include <sqlite3.h>

#include <array>
#include <string>

namespace hourkey::store {
namespace {

using namespace std::chrono_literals;

// Nobody else writes; only an administrator's sqlite3 shell can be in the way, and then 503 soon is better than a late
// answer.
constexpr auto writer_patience = 500ms;
// Readers wait only while a crashed process' WAL is being recovered. They run on I/O threads.
constexpr auto reader_patience = 250ms;

struct setting {
    const char* set;      ///< null: only checked
    const char* read;
    std::string_view expected;
};

// synchronous=FULL (2): WAL with NORMAL loses acknowledged commits when the power fails. temp_store=MEMORY (2): nothing
// of ours in temporary files. recursive_triggers: REPLACE may not bypass the triggers that keep the audit trail. The
// WAL hook has taken auto-checkpointing's place, which reads back as 0.
constexpr std::array shared_settings{
    setting{"PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1"},
    setting{"PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0"},
    setting{"PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1"},
    setting{"PRAGMA recursive_triggers = ON", "PRAGMA recursive_triggers", "1"},
    setting{"PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2"},
    setting{"PRAGMA mmap_size = 0", "PRAGMA mmap_size", "0"},
    setting{nullptr, "PRAGMA wal_autocheckpoint", "0"},
};
constexpr std::array writer_settings{
    setting{"PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal"},
    setting{"PRAGMA synchronous = FULL", "PRAGMA synchronous", "2"},
    setting{"PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1"},
    // A WAL that somebody's snapshot has let grow gives its space back when it begins anew; 64 MiB are kept for the
    // next time.
    setting{"PRAGMA journal_size_limit = 67108864", "PRAGMA journal_size_limit", "67108864"},
};
constexpr std::array reader_settings{
    setting{"PRAGMA query_only = ON", "PRAGMA query_only", "1"},
};

result<> apply(sqlite_handle& db, const setting& s) {
    if (s.set != nullptr) HK_CHECK(db.execute(s.set));
    HK_TRY(const auto got, read_text(db, s.read));
    if (got == s.expected) return {};
    return failure(errc::store_unavailable, {}, "This SQLite does not keep a setting that hourkey relies on.",
                   std::string(s.read) + " is " + got);
}

result<> apply_switch(sqlite_handle& db, int what) {
    int is_on = 0;
    if (const int rc = sqlite3_db_config(db.raw(), what, 1, &is_on); rc != SQLITE_OK)
        return db.fail(rc, "configuring the connection");
    if (is_on != 1)
        return failure(errc::store_unavailable, {}, "This SQLite does not keep a setting that hourkey relies on.",
                       "a db_config switch stayed off");
    return {};
}

template <class Settings>
result<std::unique_ptr<sqlite_handle>> open(const std::string& path, sqlite_handle::access a,
                                            std::chrono::milliseconds patience, const Settings& own) {
    HK_TRY(auto db, sqlite_handle::open(path, a, patience));
    const auto expected_patience = std::to_string(patience.count());
    HK_CHECK(apply(*db, {nullptr, "PRAGMA busy_timeout", expected_patience}));
    HK_CHECK(apply_switch(*db, SQLITE_DBCONFIG_DEFENSIVE));
    HK_CHECK(apply_switch(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE));
    for (const auto& s : shared_settings) HK_CHECK(apply(*db, s));
    for (const auto& s : own) HK_CHECK(apply(*db, s));
    return db;
}

}  // namespace

result<std::unique_ptr<sqlite_handle>> open_for_writing(const std::string& path) {
    return open(path, sqlite_handle::access::read_write, writer_patience, writer_settings);
}

result<std::unique_ptr<sqlite_handle>> open_for_reading(const std::string& path) {
    return open(path, sqlite_handle::access::read_only, reader_patience, reader_settings);
}

result<> check_integrity(sqlite_handle& db, integrity how) {
    HK_TRY(const auto verdict,
           read_text(db, how == integrity::quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)"));
    if (verdict != "ok") return failure(errc::store_corrupt, {}, "Restore the last backup.", verdict);
    statement orphans(db, "PRAGMA foreign_key_check");
    HK_TRY(const bool has_orphans, query(orphans).next());
    if (has_orphans) return failure(errc::store_corrupt, {}, "Restore the last backup.", "a reference to nothing");
    return {};
}

}  // namespace hourkey::store
