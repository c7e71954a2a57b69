#include "jobs/runner.hpp"

#include "jobs/retry_rules.hpp"
#include "unit/store_sqlite/temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;
using test::must;

namespace {

/// A runner over a real store.
struct rig {
    boost::asio::io_context reactor;
    test::temporary_store s;
    std::optional<jobs::runner> runner;
    std::vector<std::string> ran, told;
    jobs::outcome next = jobs::outcome::done();

    rig() {
        s.open();
        runner.emplace(
            *s.db, s.clock, crypto::make_ulid(s.clock.now()), [] { return std::uint64_t{0}; },
            [this](const model::job& j, const std::string& why) { told.push_back(j.key.target + ": " + why); });
        runner->on(model::job_kind::connection_verify, [this](model::job j) -> task<jobs::outcome> {
            ran.push_back(j.key.target);
            co_return next;
        });
    }
    ~rig() { s.close(); }  // before the reactor: the writer may still post to it

    model::job put(const std::string& target, std::chrono::seconds in = 0s,
                   model::job_kind kind = model::job_kind::connection_verify) {
        model::job j;
        j.key = {.kind = kind, .tenant_id = {}, .target = target};
        j.id = crypto::make_ulid(s.clock.now());
        j.created_at = s.clock.now();
        j.next_at = s.clock.now() + in;
        return must(s.write<model::job>([&](auto& tx) { return tx.put_job(j); }));
    }
    template <class T>
    T wait_for(task<result<T>> work) {
        std::optional<result<T>> out;
        auto all = [&]() -> task<> { out = co_await std::move(work); };
        boost::asio::co_spawn(reactor, all(), boost::asio::detached);
        reactor.restart();
        reactor.run();
        return must(*std::move(out));
    }
    std::size_t run(jobs::runner& with) { return wait_for(with.run_due()); }
    std::optional<model::job> find(const model::job_key& key) { return must(s.reader()->find_job(key)); }
};

}  // namespace

TEST_CASE("What is due is run and gone, what is not stays") {
    rig r;
    const auto late = r.put("late", 60s), first = r.put("first");
    CHECK(r.run(*r.runner) == 1);
    CHECK(r.ran == std::vector<std::string>{"first"});
    CHECK_FALSE(r.find(first.key));
    CHECK(r.find(late.key)->attempts == 0);
}

TEST_CASE("A try that failed is made again, the later the more often") {
    rig r;
    const auto j = r.put("prod");
    r.next = jobs::outcome::failed("no answer");
    CHECK(r.run(*r.runner) == 1);
    auto there = r.find(j.key).value();
    CHECK(there.last_error == "no answer");
    CHECK(r.told == std::vector<std::string>{"prod: no answer"});
    CHECK(there.next_at == r.s.clock.now() + jobs::first_pause);
    CHECK_FALSE(there.lease);
    CHECK(r.run(*r.runner) == 0);
    r.s.clock.move(jobs::first_pause);
    CHECK(r.run(*r.runner) == 1);
    CHECK(r.find(j.key)->next_at == r.s.clock.now() + 2 * jobs::first_pause);
}

TEST_CASE("A job says itself when it wants to be run again, and that is no error") {
    rig r;
    const auto j = r.put("prod");
    r.next = jobs::outcome::again(r.s.clock.now() + 24h);
    CHECK(r.run(*r.runner) == 1);
    CHECK(r.find(j.key)->next_at == r.s.clock.now() + 24h);
    CHECK(r.find(j.key)->last_error.empty());
    CHECK(r.told.empty());
    r.s.clock.move(24h);
    r.next = jobs::outcome::failed("no answer");
    CHECK(r.run(*r.runner) == 1);
    CHECK(r.find(j.key)->next_at == r.s.clock.now() + jobs::first_pause);  // its first try that failed
}

TEST_CASE("No kind waits for all of another's") {
    rig r;
    for (const auto* target : {"a", "b", "c"}) r.put(target);
    r.put("keys", 0s, model::job_kind::key_reseal);
    r.runner->on(model::job_kind::key_reseal, [&r](model::job j) -> task<jobs::outcome> {
        r.ran.push_back(j.key.target);
        co_return jobs::outcome::done();
    });
    CHECK(r.run(*r.runner) == 4);
    CHECK(r.ran == std::vector<std::string>{"a", "keys", "b", "c"});
}

TEST_CASE("Where nobody else has the store, what a process took with it is taken again at once") {
    rig r;
    const auto j = r.put("prod");
    must(r.s.write<std::optional<model::job>>([&](store::transaction& tx) {
        return tx.take_job(j.key, j.id, {.owner = crypto::make_ulid(tx.now()), .until = tx.now() + jobs::lease_time});
    }));
    r.wait_for(r.runner->end_leases());
    CHECK(r.run(*r.runner) == 1);
}

TEST_CASE("What a job throws is its error") {
    rig r;
    const auto j = r.put("prod");
    r.runner->on(model::job_kind::connection_verify,
                 [](model::job) -> task<jobs::outcome> { throw std::runtime_error("out of luck"); });
    CHECK(r.run(*r.runner) == 1);
    CHECK(r.find(j.key)->last_error == "out of luck");
}

TEST_CASE("A job that another runner is at is left alone, until its lease is over") {
    rig r;
    const auto j = r.put("prod");
    must(r.s.write<std::optional<model::job>>([&](store::transaction& tx) {
        return tx.take_job(j.key, j.id, {.owner = crypto::make_ulid(tx.now()), .until = tx.now() + jobs::lease_time});
    }));
    CHECK(r.run(*r.runner) == 0);
    r.s.clock.move(jobs::lease_time);
    CHECK(r.run(*r.runner) == 1);
    CHECK(r.ran.size() == 1);
}

TEST_CASE("A kind that nobody runs here waits") {
    rig r;
    const auto j = r.put("", 0s, model::job_kind::key_reseal);
    CHECK(r.run(*r.runner) == 0);
    CHECK(r.find(j.key)->attempts == 0);
}
