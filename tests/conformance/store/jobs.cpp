#include "conformance/store/engine.hpp"

using namespace hourkey;
using namespace std::chrono_literals;
using test::must;

namespace {

model::job make_job(const test::tested_store& s, const std::string& target, std::chrono::seconds in = 0s) {
    model::job j;
    j.key = {
        .kind = model::job_kind::connection_verify, .tenant_id = crypto::make_ulid(s.clock.now()), .target = target};
    j.id = crypto::make_ulid(s.clock.now());
    j.detail.text(model::audit_field::name, "x");
    j.created_at = s.clock.now();
    j.next_at = s.clock.now() + in;
    return j;
}

std::vector<std::string> due(test::tested_store& s, wall_time at, std::size_t most = 10) {
    std::vector<std::string> out;
    for (const auto& j : must(s.reader()->list_due_jobs(at, most))) out.push_back(j.key.target);
    return out;
}

}  // namespace

TEST_CASE("A job is read back as it was put, and is due from its time on") {
    test::open_store opened;
    auto& s = opened.s;
    const auto late = make_job(s, "late", 60s), soon = make_job(s, "soon", 30s), now = make_job(s, "now");
    for (const auto& j : {late, soon, now}) must(s.write<model::job>([&](auto& tx) { return tx.put_job(j); }));
    const auto read = must(s.reader()->find_job(now.key)).value();
    CHECK(read.key == now.key);
    CHECK(read.id == now.id);
    CHECK(read.detail == now.detail);
    CHECK(read.created_at == now.created_at);
    CHECK(read.next_at == now.next_at);
    CHECK(read.attempts == 0);
    CHECK_FALSE(read.lease);
    CHECK(due(s, s.clock.now()) == std::vector<std::string>{"now"});
    CHECK(due(s, s.clock.now() + 60s) == std::vector<std::string>{"now", "soon", "late"});
    CHECK(due(s, s.clock.now() + 60s, 2) == std::vector<std::string>{"now", "soon"});
}

TEST_CASE("There is one job of a kind for a thing: a second brings it forward, and never puts it off") {
    test::open_store opened;
    auto& s = opened.s;
    auto j = make_job(s, "prod", 60s);
    must(s.write<model::job>([&](auto& tx) { return tx.put_job(j); }));
    auto second = j;
    second.id = crypto::make_ulid(s.clock.now());
    second.next_at = s.clock.now() + 90s;
    CHECK(must(s.write<model::job>([&](auto& tx) { return tx.put_job(second); })).next_at == j.next_at);
    second.next_at = s.clock.now() + 5s;
    const auto there = must(s.write<model::job>([&](auto& tx) { return tx.put_job(second); }));
    CHECK(there.next_at == second.next_at);
    CHECK(there.id == j.id);
}

TEST_CASE("Whoever holds the lease is alone at a job, until it ends or is over") {
    test::open_store opened;
    auto& s = opened.s;
    const auto j = make_job(s, "prod");
    must(s.write<model::job>([&](auto& tx) { return tx.put_job(j); }));
    const auto take = [&](const ulid& id, std::chrono::seconds life) {
        return must(s.write<std::optional<model::job>>([&](store::transaction& tx) {
            return tx.take_job(j.key, id, {.owner = crypto::make_ulid(s.clock.now()), .until = tx.now() + life});
        }));
    };
    CHECK_FALSE(take(crypto::make_ulid(s.clock.now()), 60s));
    const auto taken = take(j.id, 60s);
    REQUIRE(taken.has_value());
    CHECK(taken->attempts == 1);
    CHECK_FALSE(take(j.id, 60s));
    CHECK(due(s, s.clock.now()).empty());
    CHECK(due(s, s.clock.now() + 60s) == std::vector<std::string>{"prod"});

    must(s.write<void>([&](auto& tx) { return tx.postpone_job(j.key, j.id, s.clock.now(), "no answer"); }));
    CHECK(must(s.reader()->find_job(j.key))->last_error == "no answer");
    CHECK(take(j.id, 60s)->attempts == 2);
    must(s.write<void>([&](auto& tx) { return tx.end_job(j.key, j.id); }));
    CHECK_FALSE(must(s.reader()->find_job(j.key)).has_value());
    must(s.write<void>([&](auto& tx) { return tx.end_job(j.key, j.id); }));
}

TEST_CASE("A job made anew under its key is not ended or put off by whoever had the one before") {
    test::open_store opened;
    auto& s = opened.s;
    const auto old = make_job(s, "prod");
    auto fresh = old;
    fresh.id = crypto::make_ulid(s.clock.now());
    must(s.write<model::job>([&](auto& tx) { return tx.put_job(fresh); }));
    must(s.write<void>([&](auto& tx) { return tx.end_job(old.key, old.id); }));
    must(s.write<void>([&](auto& tx) { return tx.postpone_job(old.key, old.id, s.clock.now() + 1h, "x"); }));
    CHECK(must(s.reader()->find_job(old.key))->next_at == fresh.next_at);
}

TEST_CASE("A tenant's jobs end with it") {
    test::open_store opened;
    auto& s = opened.s;
    const auto acme = s.add_tenant("acme");
    auto j = make_job(s, "prod");
    j.key.tenant_id = acme.id;
    must(s.write<model::job>([&](auto& tx) { return tx.put_job(j); }));
    must(s.change([&](auto& tx) { return tx.delete_tenant(acme.id, {}); }));
    CHECK_FALSE(must(s.reader()->find_job(j.key)).has_value());
}
