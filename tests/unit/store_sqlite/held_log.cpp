// Somebody holds a snapshot: a stopped program, a sqlite3 shell. The log grows, and nobody waits for it.

#include "faulty_disk.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

#include <thread>

using namespace hourkey;
using namespace std::chrono_literals;
using test::must;

namespace {

class held_snapshot {
public:
    explicit held_snapshot(const std::string& path) {
        REQUIRE(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
        REQUIRE(sqlite3_exec(db_, "BEGIN; SELECT count(*) FROM tenants", nullptr, nullptr, nullptr) == SQLITE_OK);
    }
    ~held_snapshot() { sqlite3_close(db_); }
    held_snapshot(const held_snapshot&) = delete;
    held_snapshot& operator=(const held_snapshot&) = delete;

private:
    sqlite3* db_ = nullptr;
};

/// About a frame a record, and a checkpoint's worth in all.
void write_much(test::temporary_store& s) {
    must(s.write([&](store::transaction& tx) {
        auto large = s.make_record({}, "r");
        large.reason.assign(4096, 'x');
        for (int i = 0; i < 4'200; ++i) must(tx.append_audit(large));
        return result<>();
    }));
}

bool is_held(const test::temporary_store& s) { return s.db->figures().log_held_for > 0s; }

}  // namespace

TEST_CASE("While a snapshot is held the log grows, the figures tell, and no write waits for the reader") {
    test::watch_sleeps();
    test::temporary_store s;
    s.open();
    {
        const held_snapshot held(s.path);
        for (int i = 0; i < 8; ++i) write_much(s);  // 32,000 frames and more
        while (!is_held(s)) std::this_thread::yield();
        CHECK(std::filesystem::file_size(s.path + "-wal") > std::uintmax_t{8} * 4'200 * 4096);
        CHECK(test::sleeps() == 0);
        CHECK(s.db->is_writable());
        CHECK(s.db->figures().failures == 0);
    }
    while (is_held(s)) must(s.append({}, "next"));
    CHECK(test::sleeps() == 0);
    // The next record begins the log anew, and gives its space back.
    while (std::filesystem::file_size(s.path + "-wal") > std::uintmax_t{64} * 1024 * 1024) must(s.append({}, "next"));
}

TEST_CASE("A stop does not wait for a snapshot either, and loses nothing") {
    test::watch_sleeps();
    test::temporary_store s;
    s.open();
    must(s.append({}, "before"));
    {
        const held_snapshot held(s.path);
        must(s.append({}, "after"));
        s.close();
        CHECK(test::sleeps() == 0);
    }
    s.open();
    const auto r = s.reader();
    CHECK(test::verify(*r, *s.chain).records == 2);
}
