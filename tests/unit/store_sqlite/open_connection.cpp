#include "store_sqlite/open_connection.hpp"

#include "temporary_store.hpp"

using namespace hourkey;
using namespace hourkey::test;

TEST_CASE("Each connection has the settings that the store's promises rest on") {
    temporary_store s;
    s.open();
    s.close();
    const auto writer = must(store::open_for_writing(s.path));
    const auto reader = must(store::open_for_reading(s.path));
    struct row {
        const char* pragma;
        std::string in_writer, in_reader;
    };
    const row rows[] = {
        {"journal_mode", "wal", "wal"}, {"synchronous", "2", ""},  // FULL; a reader does not sync
        {"secure_delete", "1", ""},     {"foreign_keys", "1", "1"},       {"trusted_schema", "0", "0"},
        {"cell_size_check", "1", "1"},  {"recursive_triggers", "1", "1"}, {"temp_store", "2", "2"},
        {"mmap_size", "0", "0"},        {"wal_autocheckpoint", "0", "0"}, {"busy_timeout", "500", "250"},
        {"query_only", "0", "1"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.pragma);
        const auto question = std::string("PRAGMA ") + r.pragma;
        CHECK(must(store::read_text(*writer, question.c_str())) == r.in_writer);
        if (!r.in_reader.empty()) CHECK(must(store::read_text(*reader, question.c_str())) == r.in_reader);
    }
}

TEST_CASE("A file that cannot be kept in WAL is refused") {
    // SQLite keeps no WAL for a database in memory: what it was asked for and what it reads back differ.
    CHECK(code_of(store::open_for_writing(":memory:")) == errc::store_unavailable);
}
