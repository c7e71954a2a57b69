#include "store_sqlite/file_watch.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "store_sqlite/audit_rows.hpp"
#include "store_sqlite/backup.hpp"
#include "store_sqlite/open_connection.hpp"
#include "temporary_store.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::must;

namespace fs = std::filesystem;

namespace {

void replace(const std::string& path) {
    fs::copy_file(path, path + ".other", fs::copy_options::overwrite_existing);
    fs::rename(path + ".other", path);
}

void write_over_with(const std::string& path, const std::string& older) {
    std::ifstream in(older, std::ios::binary);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << in.rdbuf();
}

}  // namespace

TEST_CASE("Nothing is acknowledged once a file of the store is not the one that is open") {
    struct row {
        const char* name;
        std::string suffix;
        std::function<void(const std::string& path)> deed;
    };
    const auto gone = [](const std::string& path) { fs::remove(path); };
    const auto cut = [](const std::string& path) { fs::resize_file(path, 0); };
    const auto older = [](const std::string& path) { write_over_with(path, path + ".older"); };
    const row rows[] = {
        {"the database is gone", "", gone},
        {"the database is replaced", "", replace},
        {"the database is cut", "", cut},
        {"an older database is written over", "", older},
        {"the log is gone", "-wal", gone},
        {"the log is replaced", "-wal", replace},
        {"the log is cut", "-wal", cut},
        {"an older log is written over", "-wal", older},
        {"the log's index is gone", "-shm", gone},
        {"the log's index is replaced", "-shm", replace},
        {"the lock file is gone", ".lock", gone},
        {"the lock file is replaced", ".lock", replace},
        {"another watched file is gone", ".key", gone},
        {"another watched file is replaced", ".key", replace},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        test::temporary_store s;
        std::ofstream(s.path + ".key") << "key";
        std::string told;
        auto settings = s.settings();
        settings.watched = {{s.path + ".key", "the server key", {}}};
        settings.tell = [&told](const std::string& what, const std::string&) {
            if (told.empty()) told = what;
        };
        s.db = must(store::sqlite_database::open(std::move(settings)));
        const ulid tenant = crypto::make_ulid(s.clock.now());
        must(s.append(tenant, "first"));
        for (const auto* suffix : {"", "-wal", "-shm"}) fs::copy_file(s.path + suffix, s.path + suffix + ".older");
        for (int i = 0; i < 20; ++i) must(s.append(tenant, "later"));

        r.deed(s.path + r.suffix);
        for (int i = 0; i < 3; ++i) CHECK(code_of(s.append(tenant, "after")) == errc::store_unavailable);
        CHECK_FALSE(s.db->is_writable());
        s.close();
        CHECK(told.find(s.path + r.suffix + " ") != std::string::npos);
    }
}

TEST_CASE("A file that is put back under its name heals the server, and one of the same content may take its place") {
    test::temporary_store s;
    std::ofstream(s.path + ".key") << "key";
    bool right = true;
    auto settings = s.settings();
    settings.watched = {{s.path + ".key", "the server key", [&right] { return right; }}};
    s.db = must(store::sqlite_database::open(std::move(settings)));
    const ulid tenant = crypto::make_ulid(s.clock.now());
    must(s.append(tenant, "first"));
    replace(s.path + ".key");
    must(s.append(tenant, "with the same key"));

    fs::rename(s.path, s.path + ".away");
    CHECK_FALSE(s.append(tenant, "lost").has_value());
    fs::rename(s.path + ".away", s.path);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!s.db->is_writable() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    CHECK(must(s.append(tenant, "again")) == 3);
    s.close();
    const auto r = must(store::open_read_only(s.path));
    CHECK(test::verify(*r, *s.chain).records == 3);
}

TEST_CASE("A watched file that is written to in its place is missed as a replaced one is") {
    test::temporary_store s;
    std::ofstream(s.path + ".key") << "key";
    bool right = true;
    auto settings = s.settings();
    settings.watched = {{s.path + ".key", "the server key", [&right] { return right; }}};
    s.db = must(store::sqlite_database::open(std::move(settings)));
    const ulid tenant = crypto::make_ulid(s.clock.now());
    must(s.append(tenant, "first"));
    right = false;
    fs::resize_file(s.path + ".key", 0);
    CHECK_FALSE(s.append(tenant, "lost").has_value());
    s.close();
}

TEST_CASE("The end of the trail is what was acknowledged, whatever the file under the name says") {
    test::temporary_store s;
    s.open();
    const ulid tenant = crypto::make_ulid(s.clock.now());
    must(s.append(tenant, "first"));
    replace(s.path);
    CHECK_FALSE(s.append(tenant, "lost").has_value());
    CHECK(s.db->trail_end().seq == 1);
    CHECK(s.db->close().seq == 1);
    CHECK(code_of(s.append(tenant, "too late")) == errc::store_unavailable);
}

TEST_CASE("A link to the database that leads to another file is found") {
    test::temporary_store s;
    s.open();
    s.close();
    const auto real = s.path;
    s.path = s.directory.file("link.db");
    fs::create_symlink(real, s.path);
    std::string told;
    auto settings = s.settings();
    settings.tell = [&told](const std::string& what, const std::string&) {
        if (told.empty()) told = what;
    };
    s.db = must(store::sqlite_database::open(std::move(settings)));
    const ulid tenant = crypto::make_ulid(s.clock.now());
    must(s.append(tenant, "first"));
    fs::copy_file(real, real + ".other");
    fs::remove(s.path);
    fs::create_symlink(real + ".other", s.path);
    CHECK(code_of(s.append(tenant, "after")) == errc::store_unavailable);
    CHECK_FALSE(s.db->is_writable());
    s.close();
    CHECK(told.find(s.path + " ") != std::string::npos);
}

TEST_CASE("What another program commits stops the store until it is opened anew") {
    struct row {
        const char* name;
        std::function<void(store::sqlite_handle& stranger, test::temporary_store& s, const ulid& tenant)> deed;
        std::uint64_t next_seq;
    };
    const row rows[] = {
        {"a row as it was before, with the seal that it had",
         [](store::sqlite_handle& stranger, auto&, const ulid&) {
             must(stranger.execute("UPDATE installation SET probed_at = 1"));
         },
         2},
        {"a record at the end, as a second hourkeyd's",
         [](store::sqlite_handle& stranger, test::temporary_store& s, const ulid& tenant) {
             auto record = s.make_record(tenant, "a stranger's");
             record.seq = 2;
             record.tenant_seq = 2;
             record.hash = s.chain->link(must(s.reader()->read_head()).hash, record).value();
             store::audit_rows rows(stranger);
             must(stranger.execute("BEGIN IMMEDIATE"));
             must(rows.insert(record));
             model::sealed_audit_head head;
             head.seq = 2;
             head.hash = record.hash;
             head.seal = s.chain->seal_head(head).value();
             must(rows.move_head(head));
             must(stranger.execute("COMMIT"));
         },
         3},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        for (const bool is_idle : {false, true}) {
            CAPTURE(is_idle);
            test::temporary_store s;
            std::string told;
            auto settings = s.settings();
            settings.tell = [&told](const std::string& what, const std::string&) {
                if (told.empty()) told = what;
            };
            s.db = must(store::sqlite_database::open(std::move(settings)));
            const ulid tenant = crypto::make_ulid(s.clock.now());
            must(s.append(tenant, "first"));
            {
                const auto stranger = must(store::open_for_writing(s.path));
                r.deed(*stranger, s, tenant);
            }
            const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
            while (is_idle && s.db->is_writable() && std::chrono::steady_clock::now() < give_up)
                std::this_thread::yield();
            for (int i = 0; i < 3; ++i) CHECK(code_of(s.append(tenant, "after")) == errc::store_unavailable);
            CHECK_FALSE(s.db->is_writable());
            s.close();
            CHECK(told.find(s.path + " ") != std::string::npos);
            s.open();
            CHECK(must(s.append(tenant, "after the next start")) == r.next_seq);
            CHECK_FALSE(test::verify(*s.reader(), *s.chain).first);
        }
    }
}

TEST_CASE("Who only reads the database is no stranger") {
    test::temporary_store s;
    s.open();
    const ulid tenant = crypto::make_ulid(s.clock.now());
    must(s.append(tenant, "first"));
    const auto shell = must(store::sqlite_handle::open(s.path, store::sqlite_handle::access::read_write, {}));
    must(shell->execute("BEGIN; SELECT count(*) FROM audit"));
    must(s.append(tenant, "second"));
    must(shell->execute("COMMIT; BEGIN IMMEDIATE; ROLLBACK"));
    must(store::backup(s.path, s.directory.file("copy.db")));
    CHECK(must(s.append(tenant, "third")) == 3);
}

TEST_CASE("Other rights are told of, also when a checkpoint has written the file since") {
    test::temporary_store s;
    s.open();
    auto watch = must(store::file_watch::start(s.path, 4096, {}));
    CHECK_FALSE(watch.find_new_rights());
    fs::permissions(s.path, fs::perms::owner_read | fs::perms::group_read);
    std::ofstream(s.path, std::ios::app) << "a page";
    watch.note_checkpoint(0);
    const auto told = watch.find_new_rights();
    REQUIRE(told);
    CHECK(told->find(s.path + " ") == 0);
    CHECK_FALSE(watch.find_new_rights());
}
