// A disk that hangs holds the writer, but nobody who waits for it: each wait ends in time, what had not begun never
// runs, and what had begun is said to be unknown.

#include "faulty_disk.hpp"
#include "temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::disk_call;
using test::must;

namespace {

using work = std::function<result<>(store::transaction&)>;

struct impatient_store : test::temporary_store {
    impatient_store() {
        auto s = settings();
        s.patience = std::chrono::milliseconds(50);
        db = must(store::sqlite_database::open(s));
    }
    // The disk must be well before the store can close.
    ~impatient_store() { test::mend_disk(); }

    void wait_until_writable(bool wanted) const {
        while (db->is_writable() != wanted) std::this_thread::yield();
    }
};

task<> write(store::database& db, work what, result<>& out) { out = co_await db.write<void>(std::move(what)); }

task<> append(store::database& db, model::audit_record record, result<std::uint64_t>& out) {
    auto submitted = std::make_shared<store::append_submission>(std::move(record));
    out = co_await db.append(std::move(submitted));
}

/// Holds the writer from inside a work of its own.
class held_writer {
public:
    explicit held_writer(impatient_store& s)
        : thread_([&s, this] {
              must(s.write([this](store::transaction&) {
                  entered_.set_value();
                  released_.get_future().wait();
                  return result<>();
              }));
          }) {
        entered_.get_future().wait();
    }
    ~held_writer() {
        released_.set_value();
        thread_.join();
    }
    held_writer(const held_writer&) = delete;
    held_writer& operator=(const held_writer&) = delete;

private:
    std::promise<void> entered_, released_;
    std::thread thread_;
};

}  // namespace

TEST_CASE("Work that a hung writer does not come to is given up in time, and never runs afterwards") {
    impatient_store s;
    boost::asio::io_context context(1);
    const auto runs = std::make_shared<std::atomic<int>>(0);
    result<> ended;
    {
        const held_writer hung(s);
        work count = [runs](store::transaction&) {
            ++*runs;
            return result<>();
        };
        boost::asio::co_spawn(context, write(*s.db, std::move(count), ended), boost::asio::detached);
        context.run();
        REQUIRE(code_of(ended) == errc::store_unavailable);
        CHECK(ended.error().hint.find("Try again") != std::string::npos);
        CHECK(ended.error().message.empty());
    }
    s.wait_until_writable(true);
    must(s.append({}, "after"));
    CHECK(runs->load() == 0);
    s.close();
}

TEST_CASE("Work that hangs once begun is given up too, and its caller told that it may have been stored") {
    impatient_store s;
    boost::asio::io_context context(1);
    const model::tenant acme{crypto::make_ulid(s.clock.now()), must(tenant_name::parse("acme")), s.clock.now()};
    const auto entered = std::make_shared<std::atomic<bool>>(false);
    result<> ended;
    while (!*entered) {  // on a slow machine the writer may come too late to begin
        std::promise<void> go;
        work create = [entered, acme, gone = go.get_future().share()](store::transaction& tx) -> result<> {
            *entered = true;
            gone.wait();
            HK_CHECK(tx.create_tenant(acme));
            return {};
        };
        boost::asio::co_spawn(context, write(*s.db, std::move(create), ended), boost::asio::detached);
        context.restart();
        context.run();
        CHECK(code_of(ended) == errc::outcome_unknown);
        go.set_value();
    }
    CHECK(ended.error().message.find("may have been stored") != std::string::npos);
    s.wait_until_writable(true);
    must(s.append({}, "after"));
    CHECK(must(s.reader()->find_tenant(acme.name)));
    s.close();
}

TEST_CASE("While a sync hangs vends are given up, new writes refused at once, and a mended disk needs no restart") {
    impatient_store s;
    boost::asio::io_context context(1);
    must(s.append({}, "before"));
    test::hang_disk(disk_call::sync, "-wal");
    std::array<result<std::uint64_t>, 3> ended;
    for (auto& e : ended)
        boost::asio::co_spawn(context, append(*s.db, s.make_record({}, "vend"), e), boost::asio::detached);
    context.run();
    CHECK(code_of(ended.front()) == errc::outcome_unknown);
    for (const auto& e : ended)
        CHECK((code_of(e) == errc::outcome_unknown || code_of(e) == errc::store_unavailable));  // behind the group
    s.wait_until_writable(false);
    CHECK(code_of(s.append({}, "refused")) == errc::store_unavailable);  // this one would wait for ever
    CHECK(s.db->figures().refused == ended.size() + 1);

    test::mend_disk();
    s.wait_until_writable(true);
    const auto last = must(s.append({}, "after"));
    CHECK(last <= 5);
    const auto r = s.reader();
    const auto report = test::verify(*r, *s.chain);
    CHECK_FALSE(report.first);
    CHECK(report.records == last);
    s.close();
}

TEST_CASE("A checkpoint that hangs counts as busy") {
    impatient_store s;
    test::hang_disk(disk_call::write, ".db");  // only checkpoints write the database file
    must(s.write([&](store::transaction& tx) {
        auto large = s.make_record({}, "r");
        large.reason.assign(4096, 'x');
        for (int i = 0; i < 5000; ++i) must(tx.append_audit(large));
        return result<>();
    }));
    s.wait_until_writable(false);
    CHECK(code_of(s.append({}, "refused")) == errc::store_unavailable);
    test::mend_disk();
    s.wait_until_writable(true);
    s.close();
}

TEST_CASE("A rotation that was given up and became durable all the same is followed, and can be asked for again") {
    impatient_store s;
    s.add_key(2);
    boost::asio::io_context context(1);
    must(s.append({}, "before"));
    test::hang_disk(disk_call::sync, "-wal");
    const work rotate = [](store::transaction& tx) { return tx.rotate_key(2, test::tested_store::check_of(2)); };
    result<> ended;
    boost::asio::co_spawn(context, write(*s.db, rotate, ended), boost::asio::detached);
    context.run();
    CHECK(code_of(ended) == errc::outcome_unknown);
    CHECK(s.row_ring->active() == 1);
    test::mend_disk();
    s.wait_until_writable(true);
    CHECK(code_of(s.write(rotate)) == errc::already_exists);
    CHECK(s.row_ring->active() == 2);
    const auto last = must(s.append({}, "after"));
    CHECK(must(s.reader()->read_chain(last - 1, 1)).records.at(0).key == 2);
}
