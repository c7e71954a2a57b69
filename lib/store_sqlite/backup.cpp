#include "store_sqlite/backup.hpp"

#include "store_sqlite/durable_file.hpp"
#include "store_sqlite/migrations.hpp"
#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/schema_file.hpp"

namespace hourkey::store {
namespace {

result<> check_copy(const std::string& file) {
    HK_TRY(const auto copy, open_for_reading(file));
    return check_integrity(*copy, integrity::thorough);
}

}  // namespace

result<> copy_database(const std::string& from, const std::string& to, const std::function<bool()>& wants_stop) {
    HK_TRY(const auto source, open_for_reading(from));
    HK_TRY(const auto state, read_schema_state(*source, all_migrations()));
    if (state.is_empty) return failure(errc::store_corrupt, "The database is empty.", {}, {});
    HK_TRY(const auto copy, sqlite_handle::open(to, sqlite_handle::access::read_write, {}));
    // A copy that breaks off is thrown away; a journal of it would only be one more file to be left behind.
    HK_CHECK(copy->execute("PRAGMA journal_mode = OFF"));
    HK_CHECK(copy->copy_from(*source, wants_stop));
    // One file, without a log beside it; a server that opens it sets WAL again.
    HK_TRY(const auto mode, read_text(*copy, "PRAGMA journal_mode = DELETE"));
    if (mode != "delete") return failure(errc::store_unavailable, {}, {}, "the copy stays in journal mode " + mode);
    return {};
}

result<> backup(const std::string& from, const std::string& to, std::span<const own_file> own,
                const std::function<bool()>& wants_stop) {
    auto taboo = files_of_database(real_path(from));
    taboo.insert(taboo.end(), own.begin(), own.end());
    HK_TRY(const auto target, copy_target::examine(to, taboo));
    HK_TRY(auto partial, partial_file::make(target.is_stream() ? real_path(from) : target.path()));
    HK_CHECK(copy_database(from, partial.path(), wants_stop));
    HK_CHECK(check_copy(partial.path()));
    return target.take(std::move(partial));
}

result<> hand_over(const std::string& copy, const std::string& to, std::span<const own_file> own) {
    HK_TRY(const auto target, copy_target::examine(to, own));
    if (!target.is_stream()) return backup(copy, to, own);
    HK_CHECK(check_copy(copy));
    return target.write_through(copy);
}

result<backup_facts> check_backup(const std::string& file, const std::optional<known_keys>& keys) {
    HK_TRY(const auto db, open_for_reading(file));
    HK_TRY(const auto state, read_schema_state(*db, all_migrations()));
    if (state.is_empty) return failure(errc::store_corrupt, "The database is empty.", {}, {});
    HK_CHECK(check_integrity(*db, integrity::thorough));
    if (keys) HK_CHECK(check_keys(*db, *keys));
    backup_facts facts;
    facts.schema_version = state.version;
    HK_TRY(const auto tenants, read_integer(*db, "SELECT count(*) FROM tenants"));
    HK_TRY(const auto connections, read_integer(*db, "SELECT count(*) FROM connections"));
    HK_TRY(const auto seq, read_integer(*db, "SELECT seq FROM audit_writers"));
    facts.tenants = static_cast<std::uint64_t>(tenants);
    facts.connections = static_cast<std::uint64_t>(connections);
    facts.last_audit_seq = static_cast<std::uint64_t>(seq);
    return facts;
}

}  // namespace hourkey::store
