// The failure rules: on any I/O error of a commit the whole group fails, nothing is retried, the connection is opened
// anew and the chain's end read again. The provable direction is "acknowledged <= durable", never equality.

#include "faulty_disk.hpp"
#include "store_sqlite/open_read_only.hpp"
#include "temporary_store.hpp"

#include <sqlite3.h>

#include <atomic>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::disk_call;
using test::must;

namespace {

struct mended_disk {
    mended_disk() { test::mend_disk(); }
    ~mended_disk() { test::mend_disk(); }
};

void wait_until_healthy(store::database& db) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!db.is_writable() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    REQUIRE(db.is_writable());
}

}  // namespace

TEST_CASE("An I/O error at any write or sync fails the group, loses nothing acknowledged, and heals") {
    struct row {
        const char* name;
        disk_call call;
        int code;
    };
    const row rows[] = {
        {"EIO on write", disk_call::write, SQLITE_IOERR_WRITE},
        {"EIO on fsync", disk_call::sync, SQLITE_IOERR_FSYNC},
        {"ENOSPC", disk_call::write, SQLITE_FULL},
    };
    const mended_disk guard;
    for (const auto& r : rows) {
        // The n-th call from here: the first ones hit the first commit at each of its frames, later ones later commits.
        for (const int n : {1, 2, 3, 4, 5, 7, 11, 20}) {
            CAPTURE(r.name);
            CAPTURE(n);
            test::temporary_store s;
            s.open();
            const ulid tenant = crypto::make_ulid(s.clock.now());
            must(s.append(tenant, "first"));

            test::break_disk(r.call, n, 1, r.code, "-wal");
            std::uint64_t acknowledged = 1;
            bool failed = false;
            for (int i = 0; i < 40 && !failed; ++i) {
                const auto seq = s.append(tenant, "r" + std::to_string(i));
                failed = !seq;
                if (failed) CHECK(seq.error().code == errc::outcome_unknown);
                if (seq) CHECK(*seq == ++acknowledged);
            }
            REQUIRE(failed);
            CHECK(test::disk_failures() == 1);
            wait_until_healthy(*s.db);
            CHECK(s.db->figures().failures == 1);

            const auto after = must(s.append(tenant, "after"));
            CHECK(after > acknowledged);
            CHECK(after <= acknowledged + 2);  // the failed one's fate is unknown; nothing else may have appeared
            s.close();
            const auto reader = must(store::open_read_only(s.path));
            const auto report = test::verify(*reader, *s.chain);
            CHECK_FALSE(report.first);
            CHECK(report.records == after);
        }
    }
}

TEST_CASE(
    "While the disk stays broken every write is refused at once and reads go on; a mended disk needs no restart") {
    const mended_disk guard;
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    test::break_disk(disk_call::sync, 1, 1'000'000, SQLITE_IOERR_FSYNC, "");
    CHECK(code_of(s.append(t.id, "r")) == errc::outcome_unknown);
    for (int i = 0; i < 100; ++i) CHECK(code_of(s.append(t.id, "r")) == errc::store_unavailable);
    CHECK_FALSE(s.db->is_writable());
    CHECK_FALSE(s.db->figures().healthy);
    CHECK(must(s.reader()->find_tenant(t.name)));
    test::mend_disk();
    wait_until_healthy(*s.db);
    must(s.append(t.id, "r"));
    const auto r = s.reader();
    CHECK_FALSE(test::verify(*r, *s.chain).first);
}

TEST_CASE("A group fails as one: no member of a failed commit is acknowledged") {
    constexpr int members = 8;
    const mended_disk guard;
    test::temporary_store s;
    auto settings = s.settings();
    settings.max_queue = members;
    s.db = must(store::sqlite_database::open(settings));
    const auto t = s.add_tenant("acme");
    std::atomic<int> acknowledged{0};
    std::atomic<bool> is_held{false}, go{false};
    std::vector<std::thread> writers;
    // The first work holds the writer until the others are queued behind it, so that they make one group.
    writers.emplace_back([&] {
        must(s.write([&](store::transaction&) {
            is_held = true;
            while (!go) std::this_thread::yield();
            return result<>();
        }));
    });
    while (!is_held) std::this_thread::yield();
    for (int i = 0; i < members; ++i)
        writers.emplace_back([&, i] {
            if (s.append(t.id, std::to_string(i))) ++acknowledged;
        });
    while (s.db->is_writable()) std::this_thread::yield();  // the queue is full
    test::break_disk(disk_call::sync, 1, 1'000'000, SQLITE_IOERR_FSYNC,
                     "-wal");  // the holder writes nothing and so syncs nothing
    go = true;
    for (auto& w : writers) w.join();
    CHECK(acknowledged.load() == 0);
    CHECK(s.db->figures().failures == 1);
    test::mend_disk();
    wait_until_healthy(*s.db);
    // All or none of the group is in the file: which, a failed COMMIT does not tell.
    const auto after = must(s.append(t.id, "after"));
    CHECK((after == 1 || after == members + 1));
}

TEST_CASE("A failed checkpoint loses nothing either") {
    const mended_disk guard;
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    test::break_disk(disk_call::write, 1, 1, SQLITE_IOERR_WRITE, ".db");  // only checkpoints write the database file
    constexpr std::uint64_t records = 5000;  // of a page each: more than the log may grow to
    must(s.write([&](store::transaction& tx) {
        auto large = s.make_record(t.id, "r");
        large.reason.assign(4096, 'x');
        for (std::uint64_t i = 0; i < records; ++i) must(tx.append_audit(large));
        return result<>();
    }));
    while (s.db->figures().failures == 0) std::this_thread::yield();
    REQUIRE(test::disk_failures() == 1);
    wait_until_healthy(*s.db);
    must(s.append(t.id, "after"));
    const auto r = s.reader();
    const auto report = test::verify(*r, *s.chain);
    CHECK_FALSE(report.first);
    CHECK(report.records == records + 1);
}

TEST_CASE("A checkpoint that fails half-way does not make a stranger of the writer") {
    const mended_disk guard;
    for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
        CAPTURE(code);
        test::mend_disk();
        test::temporary_store s;
        std::atomic<int> strangers{0};
        auto settings = s.settings();
        settings.tell = [&strangers](const std::string& what, const std::string&) {
            strangers += what.find("another program") != std::string::npos;
        };
        s.db = must(store::sqlite_database::open(std::move(settings)));
        const auto t = s.add_tenant("acme");
        test::break_disk(disk_call::write, 4, 1, code, ".db");  // three pages are in the database file by then
        must(s.write([&](store::transaction& tx) {
            auto large = s.make_record(t.id, "r");
            large.reason.assign(4096, 'x');
            for (int i = 0; i < 5000; ++i) must(tx.append_audit(large));
            return result<>();
        }));
        while (s.db->figures().failures == 0) std::this_thread::yield();
        REQUIRE(test::disk_failures() == 1);
        wait_until_healthy(*s.db);
        CHECK(must(s.append(t.id, "after")) == 5001);
        CHECK(strangers == 0);
        s.close();
        CHECK_FALSE(test::verify(*must(store::open_read_only(s.path)), *s.chain).first);
    }
}

TEST_CASE("A change whose commit failed still moves the epoch, so that nobody trusts what was read before") {
    const mended_disk guard;
    test::temporary_store s;
    s.open();
    const auto acme = s.add_tenant("acme");
    const auto before = s.db->authorisation().epoch;
    test::break_disk(disk_call::sync, 1, 1, SQLITE_IOERR_FSYNC, "-wal");
    CHECK(code_of(s.change([&](auto& tx) { return tx.delete_tenant(acme.id, {}); })) == errc::outcome_unknown);
    wait_until_healthy(*s.db);
    CHECK(s.db->authorisation().epoch > before);
}
