#include "conformance/store/engine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <latch>
#include <thread>
#include <vector>

using namespace hourkey;
using test::must;

namespace {

/// What became of many appends.
struct tally {
    std::atomic<int> appended{0}, strayed{0};
};

task<> append_often(test::tested_store& s, ulid tenant, int rounds, tally& out) {
    const auto home = std::this_thread::get_id();
    for (int i = 0; i < rounds; ++i) {
        auto submitted = std::make_shared<store::append_submission>(s.make_record(tenant, "r"));
        const auto seq = co_await s.database().append(std::move(submitted));
        if (seq) ++out.appended;
        if (std::this_thread::get_id() != home) ++out.strayed;
    }
}

}  // namespace

TEST_CASE("Many coroutines on several threads share commits, and each resumes on its own thread") {
    constexpr std::size_t threads = 3;
    constexpr int coroutines = 40, rounds = 25, all = threads * coroutines * rounds;
    test::open_store opened;
    auto& s = opened.s;
    std::array<ulid, threads> tenants;
    for (auto& tenant : tenants) tenant = crypto::make_ulid(s.clock.now());
    tally counted;
    std::atomic<std::size_t> observed{0}, largest{0};
    s.database().on_commit([&](double seconds, std::size_t writes) {
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
    CHECK(s.database().figures().audit_records == all);
    s.close();
    CHECK(observed.load() == all + 1);
    CHECK(largest.load() >= threads * coroutines);
    s.open();
    const auto r = s.reader();
    CHECK(test::verify(*r, *s.chain).records == all);
    CHECK(must(r->list_audit(tenants[0], {"", 1000})).items.size() == coroutines * rounds);
}
