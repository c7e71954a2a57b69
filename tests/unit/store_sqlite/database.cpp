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

class deciding final : public store::append_submission {
public:
    using decision = result<> (*)();
    /// Its basis is older than anything that was ever read, so it is decided again.
    deciding(model::audit_record record, decision made)
        : append_submission(std::move(record),
                            store::vend_basis{.token = {}, .connection = {}, .seen = {}, .until = wall_time::min()}),
          made_(made) {}

private:
    result<> decide_again(const model::vend_view&, wall_time, model::audit_record&) override { return made_(); }
    decision made_;
};

/// What became of many appends.
struct tally {
    std::atomic<int> appended{0}, strayed{0};
};

task<> append_often(test::temporary_store& s, ulid tenant, int rounds, tally& out) {
    const auto home = std::this_thread::get_id();
    for (int i = 0; i < rounds; ++i) {
        auto submitted = std::make_shared<store::append_submission>(s.make_record(tenant, "r"));
        const auto seq = co_await s.db->append(std::move(submitted));
        if (seq) ++out.appended;
        if (std::this_thread::get_id() != home) ++out.strayed;
    }
}

task<> append_throwing(test::temporary_store& s, result<std::uint64_t>& out) {
    auto submitted =
        std::make_shared<deciding>(s.make_record({}, "r"), []() -> result<> { throw std::runtime_error("oops"); });
    out = co_await s.db->append(std::move(submitted));
}

task<> decline_then_read(test::temporary_store& s, tenant_name tenant) {
    auto submitted =
        std::make_shared<deciding>(s.make_record({}, "r"), []() -> result<> { return failure(errc::app_not_allowed); });
    const auto declined = co_await s.db->append(std::move(submitted));
    CHECK(code_of(declined) == errc::app_not_allowed);
    std::function<result<std::string>(store::transaction&)> work =
        [&tenant](store::transaction& tx) -> result<std::string> {
        HK_TRY(const auto found, tx.find_tenant(tenant));
        return found->name.str();
    };
    const auto name = co_await s.db->write<std::string>(std::move(work));
    CHECK(must(name) == tenant.str());
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
        settings.key_check.fill(r.key);
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
         [](const std::string& p) { run_without_triggers(p, "UPDATE audit_head SET seal = zeroblob(32)"); }},
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

TEST_CASE("The chain and each tenant's numbers go on over a restart") {
    test::temporary_store s;
    const ulid a = crypto::make_ulid(s.clock.now()), b = crypto::make_ulid(s.clock.now());
    for (int round = 0; round < 3; ++round) {
        s.open();
        CHECK(must(s.append(a, "1")) == static_cast<std::uint64_t>(3 * round + 1));
        CHECK(must(s.append(b, "2")) == static_cast<std::uint64_t>(3 * round + 2));
        CHECK(must(s.append(a, "3")) == static_cast<std::uint64_t>(3 * round + 3));
        s.close();
    }
    const auto r = must(store::open_read_only(s.path));
    const auto report = test::verify(*r, *s.chain);
    CHECK(report.records == 9);
    CHECK_FALSE(report.first);
    const auto of_a = must(r->list_audit(a, {})).items;
    REQUIRE(of_a.size() == 6);
    for (std::size_t i = 0; i < of_a.size(); ++i) CHECK(of_a[i].tenant_seq == i + 1);
}

TEST_CASE("An audit record is read back exactly as it was appended") {
    test::temporary_store s;
    s.open();
    auto given = s.make_record(crypto::make_ulid(s.clock.now()), "req");
    given.reason = std::string("with a \0 in it", 14);
    given.token_id = crypto::make_ulid(s.clock.now());
    given.aws_code = "AccessDenied";
    given.target = "grants/web";
    given.before.text(model::audit_field::reason, "a, b:s3:\nc")
        .time(model::audit_field::expires_at, wall_time{std::chrono::nanoseconds(5)});
    given.after.integer(model::audit_field::max_duration_seconds, 900);
    given.count = 5'000'000'000;
    given.expiration.reset();
    given.requested_seconds = 4'294'967'295U;
    must(s.write<std::uint64_t>([&](auto& tx) { return tx.append_audit(given); }));
    const auto read = must(s.reader()->list_audit(given.tenant_id, {})).items.at(0);
    given.seq = given.tenant_seq = 1;
    std::string expected, found;
    audit::append_canonical(expected, given);
    audit::append_canonical(found, read);
    CHECK(found == expected);
    CHECK(read.hash == s.chain->link({}, given));
}

TEST_CASE("A failed or throwing work undoes only itself, its audit records too") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    const auto tried = must(app_name::parse("tried"));
    must(s.append(t.id, "before"));
    const auto spoil = [&](store::transaction& tx) {
        must(tx.put_app({t.id, tried, {}}, {}));
        must(tx.append_audit(s.make_record(t.id, "undone")));
    };
    CHECK(code_of(s.write([&](auto& tx) { return spoil(tx), result<>(failure(errc::in_use)); })) == errc::in_use);
    CHECK(code_of(s.write([&](auto& tx) -> result<> {
              spoil(tx);
              throw std::runtime_error("oops");
          })) == errc::internal);
    CHECK(must(s.append(t.id, "after")) == 2);

    const auto r = s.reader();
    CHECK_FALSE(must(r->find_app(t.id, tried)));
    CHECK(must(r->list_audit(t.id, {})).items.at(1).tenant_seq == 2);
    CHECK_FALSE(test::verify(*r, *s.chain).first);
    CHECK(s.db->figures().healthy);
}

TEST_CASE("A write that was acknowledged is seen by every reader at once") {
    test::temporary_store s;
    s.open();
    const auto r = s.reader();
    for (int i = 0; i < 50; ++i) {
        const auto t = s.add_tenant("t" + std::to_string(i));
        CHECK(must(r->find_tenant(t.name)));
        must(s.change([&](auto& tx) { return tx.delete_tenant(t.id, {}); }));
        CHECK_FALSE(must(r->find_tenant(t.name)));
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

TEST_CASE("Many coroutines on several threads share commits, and each resumes on its own thread") {
    constexpr std::size_t threads = 3;
    constexpr int coroutines = 40, rounds = 25, all = threads * coroutines * rounds;
    test::temporary_store s;
    s.open();
    std::array<ulid, threads> tenants;
    for (auto& tenant : tenants) tenant = crypto::make_ulid(s.clock.now());
    tally counted;
    std::atomic<std::size_t> observed{0}, largest{0};
    s.db->on_commit([&](double seconds, std::size_t writes) {
        CHECK(seconds >= 0);
        observed += writes;
        largest = std::max(largest.load(), writes);
    });
    // The first work holds the writer until all coroutines are queued behind it.
    std::latch is_held(1), all_queued(threads);
    std::deque<boost::asio::io_context> contexts;  // they outlive the store's close below
    std::vector<std::thread> running;
    running.reserve(threads + 1);
    running.emplace_back([&] {
        must(s.write([&](store::transaction&) {
            is_held.count_down();
            all_queued.wait();
            return result<>();
        }));
    });
    is_held.wait();
    for (const auto& tenant : tenants) {
        auto& context = contexts.emplace_back(1);
        running.emplace_back([&s, &counted, &context, &all_queued, tenant] {
            for (int i = 0; i < coroutines; ++i)
                boost::asio::co_spawn(context, append_often(s, tenant, rounds, counted), boost::asio::detached);
            context.poll();
            all_queued.count_down();
            context.run();
        });
    }
    for (auto& t : running) t.join();
    CHECK(counted.appended.load() == all);
    CHECK(counted.strayed.load() == 0);
    CHECK(s.db->figures().audit_records == all);
    s.close();
    CHECK(observed.load() == all + 1);
    CHECK(largest.load() >= threads * coroutines);
    const auto r = must(store::open_read_only(s.path));
    CHECK(test::verify(*r, *s.chain).records == all);
    CHECK(must(r->list_audit(tenants[0], {"", 1000})).items.size() == coroutines * rounds);
}

TEST_CASE("A vend's decision can decline, and the coroutine form of write hands its value back") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    boost::asio::io_context context(1);
    boost::asio::co_spawn(context, decline_then_read(s, t.name), boost::asio::detached);
    context.run();
    CHECK(must(s.reader()->read_head()).seq == 0);
    s.close();
}

TEST_CASE("A decision that throws takes its group with it, and the store opens anew") {
    test::temporary_store s;
    s.open();
    must(s.append({}, "before"));
    boost::asio::io_context context(1);
    result<std::uint64_t> thrown = std::uint64_t{0};
    boost::asio::co_spawn(context, append_throwing(s, thrown), boost::asio::detached);
    context.run();
    CHECK(code_of(thrown) == errc::store_unavailable);
    while (!s.db->is_writable()) std::this_thread::yield();
    CHECK(must(s.append({}, "after")) == 2);
    s.close();
}

TEST_CASE("Closing the store commits what is queued and leaves no log behind") {
    test::temporary_store s;
    s.open();
    boost::asio::io_context context(1);
    tally counted;
    for (int i = 0; i < 20; ++i) boost::asio::co_spawn(context, append_often(s, {}, 1, counted), boost::asio::detached);
    context.poll();  // all are queued
    s.close();
    context.run();
    CHECK(counted.appended.load() == 20);
    CHECK(std::filesystem::file_size(s.path + "-wal") == 0);
    s.open();
    CHECK(must(s.reader()->read_head()).seq == 20);
}
