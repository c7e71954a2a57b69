#include "store_sqlite/restore.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "store_sqlite/backup.hpp"
#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/lock_file.hpp"
#include "store_sqlite/migrations.hpp"
#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/partial_file.hpp"
#include "store_sqlite/schema_file.hpp"
#include "store_sqlite/set_aside.hpp"
#include "store_sqlite/write_session.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace hourkey::store {
namespace {

namespace fs = std::filesystem;

/// One file again, without a log beside it. It stays in the mode of a running server's, which no backup is in.
result<> close_log(const std::string& path) {
    {
        // SQLite's own closing is wanted, which takes the log away when nobody else has it.
        HK_TRY(const auto db, sqlite_handle::open(path, sqlite_handle::access::read_write, {}));
        HK_TRY(const auto mode, read_text(*db, "PRAGMA journal_mode = WAL"));
        if (mode != "wal") return failure(errc::store_unavailable, {}, {}, "journal mode " + mode);
        HK_CHECK(db->run_checkpoint(sqlite_handle::checkpoint::truncate));
    }
    if (!is_there(path + "-wal")) return {};
    return failure(errc::store_unavailable, "Another program reads the database " + path + ".",
                   "End it first: a backup, a sqlite3 shell.", {});
}

result<> bring_to_schema(const std::string& path, const settings& s) {
    HK_TRY(const auto db, open_for_writing(path));
    HK_TRY(const auto state, read_schema_state(*db, all_migrations()));
    if (state.is_empty) return failure(errc::store_corrupt, "The backup is empty.", "Take another one.", {});
    HK_CHECK(check_keys(*db, s.keys));
    return migrate(*db, all_migrations(), {s.keys, s.sealer.seal_head, s.clock->now()});
}

result<trail_place> append_record(const std::string& path, const settings& s, const model::audit_record& record) {
    auto of_copy = s;
    of_copy.path = path;
    std::uint64_t changes = 0;
    HK_TRY(const auto session, write_session::open(of_copy, changes));
    HK_CHECK(session->begin());
    append_submission work(record);
    HK_CHECK(session->run(work));
    HK_CHECK(work.take());
    HK_CHECK(session->commit());
    return session->last();
}

result<> give_to_owner(const std::string& file, const std::string& of_database) {
    const os::unique_descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return file_failure("opening " + file, errno);
    return give_to_owner_of(of_database, opened.get());
}

/// Afterwards the old database stands under both names, and no log of it beside: SQLite would play that into the new
/// one.
result<> set_aside(const std::string& path, const std::string& kept) {
    const bool is_ours = is_there(path) && close_log(path).has_value();
    if (!is_ours)
        HK_CHECK(set_log_aside(path, kept));  // no database that SQLite can read: what there is of it is kept as it is
    if (is_there(path) && ::link(path.c_str(), kept.c_str()) != 0)
        return file_failure("linking " + path + " to " + kept, errno);
    return sync_folder_of(path);
}

/// Somebody who reads the old database would keep its log.
result<> check_nobody_reads(const std::string& path) {
    if (!is_there(path) || !is_there(path + "-wal")) return {};
    const auto db = open_for_writing(path);
    if (!db) return {};  // not readable: there is nobody
    HK_CHECK((*db)->run_checkpoint(sqlite_handle::checkpoint::truncate));
    std::error_code unseen;
    if (fs::file_size(path + "-wal", unseen) == 0 || unseen) return {};
    return failure(errc::store_unavailable, "Another program reads the database " + path + ".",
                   "End it first: a backup, a sqlite3 shell.", {});
}

/// Between the old state and the new one the head file names both.
std::vector<trail_place> ends_until_now(const settings& s) {
    std::vector<trail_place> ends;
    if (const auto memory = s.remembered->read(); memory && *memory) ends = (*memory)->ends;
    if (!is_there(s.path)) return ends;
    if (const auto old = open_read_only(s.path))
        if (const auto head = (*old)->read_head()) ends.push_back({head->seq, head->hash});
    return ends;
}

}  // namespace

result<restored> restore(settings s, const std::string& from,
                         const std::function<result<model::audit_record>(const std::string& copy)>& judge) {
    if (s.clock == nullptr) s.clock = &system_clock();
    s.path = real_path(s.path);
    HK_CHECK(check_is_file(s.path));
    for (const auto& own : files_of_database(s.path))
        if (std::error_code unseen; fs::equivalent(from, own.path, unseen))
            return invalid_field("file", "is " + own.what, "Name a backup.");
    HK_TRY(const auto lock, lock_file::take(s.path));
    HK_CHECK(check_nobody_reads(s.path));

    HK_TRY(auto copy, partial_file::make(s.path));
    HK_CHECK(copy_database(from, copy.path()));
    HK_CHECK(bring_to_schema(copy.path(), s));
    HK_TRY(const auto record, judge(copy.path()));
    HK_TRY(const auto end, append_record(copy.path(), s, record));
    HK_CHECK(close_log(copy.path()));
    HK_CHECK(give_to_owner(copy.path(), s.path));
    HK_CHECK(sync_file(copy.path()));

    restored done;
    done.last_audit_seq = end.seq;
    if (is_there(s.path) || is_there(s.path + "-wal")) done.kept = name_to_keep(s.path, "restore", s.clock->now());
    if (s.remembered) {
        auto both = ends_until_now(s);
        both.push_back(end);
        HK_CHECK(s.remembered->write({.is_expected = false, .ends = std::move(both), .in_file = {}}, s.path));
    }
    if (!done.kept.empty()) HK_CHECK(set_aside(s.path, done.kept));
    HK_CHECK(replace_file(copy.path(), s.path));
    copy.let_go();
    if (s.remembered) HK_CHECK(s.remembered->write({.is_expected = false, .ends = {end}, .in_file = end}, s.path));
    return done;
}

}  // namespace hourkey::store
