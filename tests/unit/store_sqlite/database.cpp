#include "store_sqlite/open_read_only.hpp"
#include "tampering.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <fstream>
#include <future>
#include <latch>
#include <sstream>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::must;
using test::run_sql;
using test::run_without_triggers;

namespace {

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

mode_t mode_of(const std::string& path) {
    struct stat s{};
    REQUIRE(::stat(path.c_str(), &s) == 0);
    return s.st_mode & 07777;
}

task<> append_one(test::temporary_store& s, int& appended) {
    auto submitted = std::make_shared<store::append_submission>(s.make_record({}, "r"));
    if (co_await s.db->append(std::move(submitted))) ++appended;
}

}  // namespace

TEST_CASE("Every file of the store is its owner's alone, whatever the umask and an earlier mode") {
    test::temporary_store s;
    const auto old = ::umask(0);
    s.open();
    s.add_tenant("acme");
    const auto r = s.reader();
    for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) {
        CAPTURE(suffix);
        CHECK(mode_of(s.path + suffix) == 0600);
    }
    s.close();
    REQUIRE(::chmod(s.path.c_str(), 0666) == 0);
    s.open();
    CHECK(mode_of(s.path) == 0600);
    ::umask(old);
}

TEST_CASE("A second server on the same database is refused until the first is gone") {
    test::temporary_store s;
    s.open();
    auto second = store::sqlite_database::open(s.settings());
    REQUIRE(second.has_error());
    CHECK(second.error().code == errc::store_unavailable);
    CHECK(second.error().message == "Another hourkeyd has this database open.");
    s.close();
    CHECK(store::sqlite_database::open(s.settings()).has_value());
}

TEST_CASE("A file that is not this server's is refused before a byte of it changes") {
    struct row {
        const char* name;
        const char* sql;
        unsigned char key;
        errc code;
    };
    const row rows[] = {
        {"another server key", "SELECT 1", 8, errc::wrong_server_key},
        {"a newer schema", "PRAGMA user_version = 9999", 7, errc::schema_too_new},
        {"another program's file", "PRAGMA application_id = 1", 7, errc::store_corrupt},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        test::temporary_store s;
        s.open();
        s.add_tenant("acme");
        s.close();
        run_sql(s.path, r.sql);
        const auto before = bytes_of(s.path);
        auto settings = s.settings();
        settings.keys[1].fill(r.key);
        CHECK(code_of(store::sqlite_database::open(settings)) == r.code);
        CHECK(bytes_of(s.path) == before);
    }
}

TEST_CASE("A file too short to be a database is not made one") {
    test::temporary_store s;
    std::ofstream(s.path) << "a letter";
    auto opened = store::sqlite_database::open(s.settings());
    CHECK(code_of(opened) == errc::store_corrupt);
    CHECK(bytes_of(s.path) == "a letter");
}

TEST_CASE("A damaged file is not served") {
    struct row {
        const char* name;
        std::function<void(const std::string& path)> damage;
    };
    const row rows[] = {
        {"no database at all",
         [](const std::string& p) { std::ofstream(p, std::ios::trunc) << std::string(8192, 'x'); }},
        {"a page overwritten",
         [](const std::string& p) {
             std::fstream f(p, std::ios::in | std::ios::out | std::ios::binary);
             f.seekp(4096 * 6);
             f << std::string(4096, '\xee');
         }},
        {"an audit tail cut off",
         [](const std::string& p) { run_without_triggers(p, "DELETE FROM audit WHERE seq = 3"); }},
        {"a head without its seal",
         [](const std::string& p) { run_without_triggers(p, "UPDATE audit_writers SET seal = zeroblob(32)"); }},
        {"a reference to nothing",
         [](const std::string& p) { run_sql(p, "PRAGMA foreign_keys = OFF; DELETE FROM tenants"); }},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        test::temporary_store s;
        s.open();
        const auto t = s.add_tenant("acme");
        s.add_app(t, "web");
        for (int i = 0; i < 3; ++i) must(s.append(t.id, "r"));
        s.close();
        r.damage(s.path);
        CHECK(code_of(store::sqlite_database::open(s.settings())) == errc::store_corrupt);
    }
}

TEST_CASE("Readers cannot write") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    const auto r = must(store::open_read_only(s.path));
    CHECK(must(
        r->find_tenant(t.name)));  // what a reader offers has no write; its connection is opened read-only below that
    CHECK(code_of(store::open_read_only(s.directory.file("absent.db"))) == errc::store_unavailable);
}

TEST_CASE("Below the disk's floor and beyond the queue's bound writes are refused and reads go on") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    s.close();
    auto settings = s.settings();
    settings.min_free_bytes = UINT64_MAX;
    std::string told;
    settings.tell = [&told](const std::string& what, const std::string&) { told += what; };
    s.db = must(store::sqlite_database::open(settings));
    CHECK(told.find(s.path + " is nearly full: nothing is written any more") != std::string::npos);
    CHECK_FALSE(s.db->is_writable());
    CHECK(code_of(s.append(t.id, "r")) == errc::store_unavailable);
    CHECK(s.db->figures().refused == 1);
    CHECK(must(s.reader()->find_tenant(t.name)));
    s.close();

    settings.min_free_bytes = 0;
    settings.max_queue = 2;
    s.db = must(store::sqlite_database::open(settings));
    CHECK(s.db->is_writable());
    // One work holds the writer; two wait; the next is one too many.
    std::promise<void> entered, released;
    auto hold = released.get_future();
    std::thread busy([&] {
        must(s.write([&](store::transaction&) {
            entered.set_value();
            hold.wait();
            return result<>();
        }));
    });
    entered.get_future().wait();
    std::thread first([&] { must(s.append(t.id, "1")); });
    std::thread second([&] { must(s.append(t.id, "2")); });
    while (s.db->is_writable()) std::this_thread::yield();
    CHECK(code_of(s.append(t.id, "3")) == errc::store_unavailable);
    CHECK(s.db->figures().refused == 1);
    released.set_value();
    for (auto* thread : {&busy, &first, &second}) thread->join();
    CHECK(must(s.reader()->read_head()).seq == 2);
}

TEST_CASE("A writer stuck in a group says so, so that no vend begins that could not be recorded") {
    test::temporary_store s;
    auto settings = s.settings();
    settings.stall_limit = std::chrono::milliseconds(50);
    s.db = must(store::sqlite_database::open(settings));
    std::atomic<bool> was_noticed{false};
    std::thread stuck([&] {
        must(s.write([&](store::transaction&) {
            while (!was_noticed) std::this_thread::yield();
            return result<>();
        }));
    });
    while (s.db->is_writable()) std::this_thread::yield();
    was_noticed = true;
    stuck.join();
    CHECK(s.db->is_writable());
    CHECK(s.db->figures().healthy);
}

TEST_CASE("Closing the store commits what is queued and leaves no log behind") {
    test::temporary_store s;
    s.open();
    boost::asio::io_context context(1);
    int appended = 0;
    for (int i = 0; i < 20; ++i) boost::asio::co_spawn(context, append_one(s, appended), boost::asio::detached);
    context.poll();  // all are queued
    s.close();
    context.run();
    CHECK(appended == 20);
    CHECK(std::filesystem::file_size(s.path + "-wal") == 0);
    s.open();
    CHECK(must(s.reader()->read_head()).seq == 20);
}
