#include "store_sqlite/head_file.hpp"

#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/schema_file.hpp"
#include "temporary_store.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

std::string text_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A store that is remembered beside itself.
struct remembered_store {
    test::temporary_store s;
    std::string head = s.path + ".head";
    std::vector<std::string> told;

    std::shared_ptr<store::head_file> file(const std::string& key = "the server key of this test") const {
        return std::make_shared<store::head_file>(head, test::ring_of(key));
    }
    store::settings settings(store::missing_database when_missing = store::missing_database::refuse) {
        auto out = s.settings();
        out.remembered = file();
        out.when_missing = when_missing;
        out.tell = [this](const std::string& what, const std::string&) { told.push_back(what); };
        return out;
    }
    /// A store that had so many records when it was closed.
    void fill(int records) { static_cast<void>(put_records(records)); }
    /// The store's files as a server leaves them that is killed after so many more records.
    void fill_and_kill(int records) {
        const auto kept = s.path + ".killed";
        {
            const auto db = put_records(records);
            for (const auto* suffix : {"", "-wal", "-shm", ".head"})
                std::filesystem::copy_file(s.path + suffix, kept + suffix);
        }
        for (const auto* suffix : {"", "-wal", "-shm", ".head"})
            std::filesystem::rename(kept + suffix, s.path + suffix);
    }
    std::unique_ptr<store::sqlite_database> put_records(int records) {
        auto db = must(store::sqlite_database::open(settings(store::missing_database::make)));
        s.db = nullptr;
        for (int i = 0; i < records; ++i) {
            must(db->write_now<std::uint64_t>([&, r = s.make_record(crypto::make_ulid(s.clock.now()), "r")](
                                                  store::transaction& tx) { return tx.append_audit(r); }));
        }
        return db;
    }
    /// The log that was set aside, which has been told of; empty: none.
    std::string kept_log() const {
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(s.path).parent_path())) {
            const auto file = entry.path().string();
            if (!file.starts_with(s.path + ".before-new-store-") || !file.ends_with("-wal")) continue;
            CHECK(std::ranges::any_of(told, [&](const auto& what) { return what.find(file) != std::string::npos; }));
            return file;
        }
        return {};
    }
    void remove_database() const {
        for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(s.path + suffix);
    }
};

}  // namespace

TEST_CASE("What is written is read back, and nothing else passes for it") {
    const test::scratch_folder folder;
    const auto path = folder.file("db.head");
    const store::head_file file(path, test::ring_of("key"));
    CHECK_FALSE(must(file.read()).has_value());
    CHECK_FALSE(must(store::head_file::tells_of_database(path)));

    must(file.write({.is_expected = true, .ends = {}, .in_file = {}}, folder.file("db")));
    CHECK(must(file.read())->is_expected);
    CHECK_FALSE(must(store::head_file::tells_of_database(path)));

    store::trail_place end{.seq = 1234567890123, .hash = {}};
    end.hash.fill(0xab);
    must(file.write({.is_expected = false, .ends = {{}, end}, .in_file = end}, folder.file("db")));
    CHECK(must(store::head_file::tells_of_database(path)));
    const auto memory = must(file.read());
    REQUIRE(memory->ends.size() == 2);
    CHECK(memory->ends[1].seq == end.seq);
    CHECK(memory->ends[1].hash == end.hash);
    REQUIRE(memory->in_file.has_value());
    CHECK(memory->in_file->seq == end.seq);
    CHECK(memory->in_file->hash == end.hash);
    CHECK(code_of(store::head_file(path, test::ring_of("another key")).read()) == errc::store_corrupt);

    const auto good = text_of(path);
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        auto wrong = good;
        wrong[i] = static_cast<char>(wrong[i] ^ 1);
        std::ofstream(path, std::ios::binary) << wrong;
        CHECK(code_of(file.read()) == errc::store_corrupt);
        std::ofstream(path, std::ios::binary) << good.substr(0, i);
        CHECK(code_of(file.read()) == errc::store_corrupt);
    }
}

TEST_CASE("A database that goes on from what is remembered opens, and is remembered anew") {
    remembered_store r;
    r.fill(3);
    const auto before = must(r.file()->read())->ends.at(0).seq;
    CHECK(before == 3);
    r.fill(2);
    CHECK(must(r.file()->read())->ends.at(0).seq == 5);
    CHECK(r.told.empty());
}

TEST_CASE("A database that was lost is missed, unless somebody insists") {
    struct row {
        const char* name;
        std::function<void(remembered_store&)> deed;
    };
    const row rows[] = {
        {"all of it is gone", [](auto& r) { r.remove_database(); }},
        {"it is empty",
         [](auto& r) {
             r.remove_database();
             std::ofstream(r.s.path).flush();
         }},
        {"it is the one of before the last records",
         [](auto& r) {
             const auto copy = r.s.path + ".copy";
             std::filesystem::copy_file(r.s.path, copy);
             r.fill(1);
             r.remove_database();
             std::filesystem::rename(copy, r.s.path);
         }},
        {"it is another one of the same key, as long",
         [](auto& r) {
             const auto head = text_of(r.head);
             r.remove_database();
             std::filesystem::remove(r.head);
             r.s.clock.move(std::chrono::seconds(1));
             r.fill(4);
             std::ofstream(r.head, std::ios::binary) << head;
         }},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        remembered_store r;
        r.fill(3);
        row.deed(r);
        for (const auto how : {store::missing_database::refuse, store::missing_database::make}) {
            const auto opened = store::sqlite_database::open(r.settings(how));
            REQUIRE(code_of(opened) == errc::store_corrupt);
            CHECK(opened.error().message.find(r.s.path) != std::string::npos);
            CHECK(opened.error().hint.find("--new-store") != std::string::npos);
        }
        CHECK(code_of(store::check_is_newest(r.s.path, *r.file(), r.settings().keys)) == errc::store_corrupt);
        CHECK(store::sqlite_database::open(r.settings(store::missing_database::make_anew)).has_value());
        CHECK(store::sqlite_database::open(r.settings()).has_value());
    }
}

TEST_CASE("A database file is not older than it was when its log was last copied into it") {
    remembered_store r;
    r.fill(3);
    const auto older = r.s.path + ".older";
    std::filesystem::copy_file(r.s.path, older);
    r.fill(2);
    CHECK(must(r.file()->read())->in_file->seq == 5);
    r.fill_and_kill(1);
    CHECK(must(r.file()->read())->in_file->seq == 5);

    SUBCASE("the file and the log of a killed server belong together") {
        must(store::check_is_newest(r.s.path, *r.file(), r.settings().keys));
        CHECK(store::sqlite_database::open(r.settings()).has_value());
        CHECK(must(r.file()->read())->in_file->seq == 6);
    }
    SUBCASE("an older file under that log does not pass for the newest") {
        std::filesystem::rename(older, r.s.path);
        for (const auto how : {store::missing_database::refuse, store::missing_database::make}) {
            const auto opened = store::sqlite_database::open(r.settings(how));
            REQUIRE(code_of(opened) == errc::store_corrupt);
            CHECK(opened.error().message.find(r.s.path) != std::string::npos);
            CHECK(opened.error().hint.find("restore") != std::string::npos);
        }
        CHECK(code_of(store::check_is_newest(r.s.path, *r.file(), r.settings().keys)) == errc::store_corrupt);

        const auto log = text_of(r.s.path + "-wal");
        REQUIRE_FALSE(log.empty());
        CHECK(store::sqlite_database::open(r.settings(store::missing_database::make_anew)).has_value());
        CHECK(must(r.file()->read())->ends.at(0).seq == 3);
        CHECK(text_of(r.kept_log()) == log);
    }
    SUBCASE("the log of a database that is gone is kept when somebody insists") {
        const auto log = text_of(r.s.path + "-wal");
        REQUIRE_FALSE(log.empty());
        std::filesystem::remove(r.s.path);
        CHECK(code_of(store::sqlite_database::open(r.settings())) == errc::store_corrupt);
        CHECK(text_of(r.s.path + "-wal") == log);
        CHECK(store::sqlite_database::open(r.settings(store::missing_database::make_anew)).has_value());
        CHECK(text_of(r.kept_log()) == log);
    }
    SUBCASE("the log that belongs to the file stays where it is") {
        CHECK(store::sqlite_database::open(r.settings(store::missing_database::make_anew)).has_value());
        CHECK(must(r.file()->read())->ends.at(0).seq == 6);
        CHECK(r.kept_log().empty());
    }
    SUBCASE("one of other records, as far, neither") {
        auto memory = *must(r.file()->read());
        memory.in_file->hash[0] ^= 1;
        must(r.file()->write(memory, r.s.path));
        CHECK(code_of(store::sqlite_database::open(r.settings())) == errc::store_corrupt);
    }
    SUBCASE("a file that a cut-off checkpoint has left unreadable by itself is judged with its log") {
        std::ofstream(r.s.path, std::ios::binary | std::ios::in).seekp(28)
            << std::string(4, '\x01');  // the header's count of pages
        CHECK_FALSE(store::end_in_file_alone(r.s.path).has_value());
        must(store::check_file_alone(*r.file(), *must(r.file()->read()), r.s.path));
    }
}

TEST_CASE("A head file that cannot be read is not taken for none") {
    const test::scratch_folder folder;
    const auto path = folder.file("db.head");
    std::filesystem::create_directory(path);
    CHECK(code_of(store::head_file::tells_of_database(path)) == errc::store_unavailable);
    std::filesystem::remove(path);
    std::filesystem::create_symlink(path, path);
    CHECK(code_of(store::head_file::tells_of_database(path)) == errc::store_unavailable);
}

TEST_CASE("A first start that was cut off is no loss") {
    remembered_store r;
    must(r.file()->write({.is_expected = true, .ends = {}, .in_file = {}}, r.s.path));
    CHECK(store::sqlite_database::open(r.settings()).has_value());
}

TEST_CASE("Without the head file a database opens, and it is said") {
    remembered_store r;
    r.fill(3);
    std::filesystem::remove(r.head);
    CHECK(store::sqlite_database::open(r.settings()).has_value());
    REQUIRE(r.told.size() == 1);
    CHECK(r.told[0].find(r.head) != std::string::npos);
    CHECK(must(r.file()->read())->ends.at(0).seq == 3);
}

TEST_CASE("A start while somebody holds the write lock remembers the trail as any other does") {
    remembered_store r;
    r.fill(3);
    auto held = must(store::open_for_writing(r.s.path));
    must(held->execute("BEGIN IMMEDIATE"));
    r.s.db = must(store::sqlite_database::open(r.settings()));
    CHECK_FALSE(r.s.db->is_writable());
    CHECK(r.s.db->trail_end().seq == 3);
    must(held->execute("ROLLBACK"));
    held.reset();
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!r.s.db->is_writable() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    CHECK(must(r.s.append(crypto::make_ulid(r.s.clock.now()), "after")) == 4);
    r.s.close();
    CHECK(must(r.file()->read())->ends.at(0).seq == 4);
}

TEST_CASE("A new schema is in the file itself, not only in its log") {
    remembered_store r;
    const auto settings = r.settings();
    must(store::prepare_file(r.s.path, store::all_migrations(), {settings.keys, settings.sealer.seal_head, {}}));
    std::filesystem::remove(r.s.path + "-wal");
    std::filesystem::remove(r.s.path + "-shm");
    CHECK_FALSE(
        must(store::read_schema_state(*must(store::open_for_reading(r.s.path)), store::all_migrations())).is_empty);
}

TEST_CASE("What is remembered is sealed under the active key as soon as that is asked for") {
    remembered_store r;
    const auto ring = test::ring_of("one");
    ring->add(2, secret("two"));
    ring->activate(1);
    auto settings = r.settings(store::missing_database::make);
    settings.remembered = std::make_shared<store::head_file>(r.head, ring);
    const auto db = must(store::sqlite_database::open(settings));
    CHECK(text_of(r.head).find("seal 1 ") != std::string::npos);
    ring->activate(2);
    must(db->seal_memory_anew());
    CHECK(text_of(r.head).find("seal 2 ") != std::string::npos);
    CHECK(must(store::head_file(r.head, test::ring_of("two", 2)).read()).has_value());
    CHECK(r.told.empty());
}

TEST_CASE(
    "Whoever is told that the log is lost may end the server at once: what was acknowledged is remembered by then") {
    remembered_store r;
    auto settings = r.settings(store::missing_database::make);
    std::uint64_t remembered = 0;
    settings.tell = [&](const std::string&, const std::string&) {
        remembered = must(r.file()->read())->ends.at(0).seq;
    };
    const auto db = must(store::sqlite_database::open(std::move(settings)));
    r.s.db = nullptr;
    const auto put_record = [&] {
        return db->write_now<std::uint64_t>([&, record = r.s.make_record(crypto::make_ulid(r.s.clock.now()), "r")](
                                                store::transaction& tx) { return tx.append_audit(record); });
    };
    for (int i = 0; i < 3; ++i) must(put_record());
    std::filesystem::remove(r.s.path + "-wal");
    CHECK_FALSE(put_record().has_value());
    CHECK(remembered == 3);
}
