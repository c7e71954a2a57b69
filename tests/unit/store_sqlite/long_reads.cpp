#include "store_sqlite/long_reads.hpp"

#include "temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

using namespace hourkey;
using store::long_reads;
using test::code_of;
using test::must;

namespace {

using work = std::function<result<int>(store::reader&)>;

/// Coroutines that read on one thread: this one.
struct home {
    boost::asio::io_context context{1};
    std::vector<result<int>> ended;

    void read(long_reads& from, ulid tenant, work what) {
        boost::asio::co_spawn(context, keep(from, tenant, std::move(what)), boost::asio::detached);
    }
    task<> keep(long_reads& from, ulid tenant, work what) {
        const auto got = std::make_shared<result<int>>(failure(errc::internal));
        std::function<void(store::reader&)> read = [got, what = std::move(what)](store::reader& r) { *got = what(r); };
        const auto ran = co_await from.run(tenant, std::move(read));
        CHECK(std::this_thread::get_id() == thread);
        ended.push_back(ran ? *got : result<int>(ran.error()));
    }
    std::thread::id thread = std::this_thread::get_id();
};

/// A read that takes until it is let go.
struct slow_read {
    std::promise<void> go;
    std::shared_future<void> gone = go.get_future().share();
    work what() {
        return [gone = gone](store::reader&) -> result<int> {
            gone.wait();
            return 0;
        };
    }
    /// Returns when it runs.
    void occupy(home& h, long_reads& reads, ulid whose) {
        const auto begun = std::make_shared<std::promise<void>>();
        h.read(reads, whose, [begun, last = what()](store::reader& from) {
            begun->set_value();
            return last(from);
        });
        h.context.poll();
        begun->get_future().wait();
    }
};

work answer(int n) {
    return [n](store::reader&) { return result<int>(n); };
}

ulid tenant(unsigned char n) {
    std::array<unsigned char, 16> bytes{};
    bytes.back() = n;
    return ulid::from_bytes(bytes);
}

}  // namespace

TEST_CASE("A long read runs on another thread, and its answer comes home") {
    test::temporary_store s;
    s.open();
    const auto acme = s.add_tenant("acme");
    const auto reads = must(long_reads::start(s.path));
    home h;
    h.read(*reads, acme.id, [acme, here = h.thread](store::reader& from) -> result<int> {
        CHECK(std::this_thread::get_id() != here);
        HK_TRY(const auto found, from.find_tenant(acme.name));
        return found ? 1 : 0;
    });
    h.read(*reads, acme.id, [](store::reader&) -> result<int> { return failure(errc::not_found); });
    h.context.run();
    REQUIRE(h.ended.size() == 2);
    CHECK(must(h.ended[0]) == 1);
    CHECK(code_of(h.ended[1]) == errc::not_found);
}

TEST_CASE("While a long read lasts its caller's thread goes on") {
    test::temporary_store s;
    s.open();
    const auto reads = must(long_reads::start(s.path));
    home h;
    slow_read slow;
    h.read(*reads, tenant(1), slow.what());
    boost::asio::post(h.context, [&slow] { slow.go.set_value(); });  // never reached, were the read on this thread
    h.context.run();
    CHECK(h.ended.size() == 1);
}

TEST_CASE("A tenant has its share of long reads, and what is beyond it is refused at once; others have theirs") {
    test::temporary_store s;
    s.open();
    const auto reads = must(long_reads::start(s.path));
    home h;
    slow_read slow;
    for (std::size_t i = 0; i < long_reads::most_of_a_tenant; ++i) h.read(*reads, tenant(1), slow.what());
    h.read(*reads, tenant(1), answer(1));
    h.read(*reads, tenant(2), answer(2));
    while (h.ended.empty()) h.context.run_one();
    CHECK(code_of(h.ended.front()) == errc::rate_limited);
    slow.go.set_value();
    h.context.run();
    REQUIRE(h.ended.size() == long_reads::most_of_a_tenant + 2);
    for (std::size_t i = 1; i < h.ended.size(); ++i) CHECK(h.ended[i].has_value());

    h.context.restart();
    h.read(*reads, tenant(1), answer(3));  // its places are free again
    h.context.run();
    CHECK(must(h.ended.back()) == 3);
}

TEST_CASE("All tenants together have so many long reads that wait, and no more") {
    test::temporary_store s;
    s.open();
    const auto reads = must(long_reads::start(s.path));
    home h;
    slow_read slow;
    slow.occupy(h, *reads, tenant(255));
    for (std::size_t i = 0; i < long_reads::most; ++i) h.read(*reads, tenant(static_cast<unsigned char>(i)), answer(0));
    h.read(*reads, tenant(200), answer(1));
    while (h.ended.empty()) h.context.run_one();
    CHECK(code_of(h.ended.front()) == errc::rate_limited);
    slow.go.set_value();
    h.context.run();
    REQUIRE(h.ended.size() == long_reads::most + 2);
    for (std::size_t i = 1; i < h.ended.size(); ++i) CHECK(must(h.ended[i]) == 0);
}

TEST_CASE(
    "A few tenants that take all places for long reads make room for another, who does not wait for all of theirs") {
    test::temporary_store s;
    s.open();
    const auto reads = must(long_reads::start(s.path));
    home h;
    slow_read slow;
    slow.occupy(h, *reads, tenant(255));
    for (std::size_t i = 0; i < long_reads::most; ++i)
        h.read(*reads, tenant(static_cast<unsigned char>(i / long_reads::most_of_a_tenant)), answer(0));
    h.read(*reads, tenant(200), answer(1));
    while (h.ended.empty()) h.context.run_one();
    CHECK(code_of(h.ended.front()) == errc::rate_limited);
    slow.go.set_value();
    h.context.run();
    REQUIRE(h.ended.size() == long_reads::most + 2);
    const auto others = std::ranges::find_if(h.ended, [](const result<int>& r) { return r.has_value() && *r == 1; });
    CHECK(others - h.ended.begin() <= static_cast<std::ptrdiff_t>(long_reads::most / long_reads::most_of_a_tenant + 2));
}

TEST_CASE("The end lets the read that runs end, and tells those that wait") {
    test::temporary_store s;
    s.open();
    auto reads = must(long_reads::start(s.path));
    home h;
    slow_read slow;
    slow.occupy(h, *reads, tenant(1));
    h.read(*reads, tenant(2), answer(2));
    h.context.poll();
    std::thread end([&reads] { reads.reset(); });
    slow.go.set_value();
    end.join();
    h.context.run();
    REQUIRE(h.ended.size() == 2);
    CHECK(must(h.ended[0]) == 0);
    CHECK((h.ended[1].has_value() || code_of(h.ended[1]) == errc::shutting_down));  // it had begun, or not
}
