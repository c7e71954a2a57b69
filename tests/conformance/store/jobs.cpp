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
    for (const auto& j : must(s.reader()->list_due_jobs(model::job_kind::connection_verify, at, most)))
        out.push_back(j.key.target);
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

namespace {

std::optional<model::job> take(test::tested_store& s, const model::job& j, std::chrono::seconds life = 60s) {
    return must(s.write<std::optional<model::job>>([&](store::transaction& tx) {
        return tx.take_job(j.key, j.id, {.owner = crypto::make_ulid(s.clock.now()), .until = tx.now() + life});
    }));
}

model::job put(test::tested_store& s, const model::job& j) {
    return must(s.write<model::job>([&](auto& tx) { return tx.put_job(j); }));
}
void end(test::tested_store& s, const model::job& j) {
    must(s.write<void>([&](auto& tx) { return tx.end_job(j); }));
}
void postpone(test::tested_store& s, const model::job& j, std::chrono::seconds by, const std::string& why) {
    must(s.write<void>([&](auto& tx) { return tx.postpone_job(j, s.clock.now() + by, why); }));
}

}  // namespace

TEST_CASE("Whoever holds the lease is alone at a job, until it ends or is over") {
    test::open_store opened;
    auto& s = opened.s;
    const auto j = put(s, make_job(s, "prod"));
    auto another = j;
    another.id = crypto::make_ulid(s.clock.now());
    CHECK_FALSE(take(s, another));
    const auto taken = take(s, j);
    REQUIRE(taken.has_value());
    CHECK(taken->attempts == 1);
    CHECK_FALSE(take(s, j));
    CHECK(due(s, s.clock.now()).empty());
    CHECK(due(s, s.clock.now() + 60s) == std::vector<std::string>{"prod"});

    postpone(s, *taken, 0s, "no answer");
    CHECK(must(s.reader()->find_job(j.key))->last_error == "no answer");
    const auto again = take(s, j);
    CHECK(again->attempts == 2);
    end(s, *again);
    CHECK_FALSE(must(s.reader()->find_job(j.key)).has_value());
    end(s, *again);
}

TEST_CASE("What is put off is not taken before its time, and without an error its tries count anew") {
    test::open_store opened;
    auto& s = opened.s;
    const auto j = put(s, make_job(s, "prod"));
    postpone(s, *take(s, j), 60s, "");
    CHECK_FALSE(take(s, j));
    s.clock.move(60s);
    CHECK(take(s, j)->attempts == 1);
}

TEST_CASE("Whoever has lost the lease to another neither ends the job nor puts it off") {
    test::open_store opened;
    auto& s = opened.s;
    const auto j = put(s, make_job(s, "prod"));
    const auto first = take(s, j);
    s.clock.move(60s);
    const auto second = take(s, j);
    REQUIRE(second.has_value());
    end(s, *first);
    postpone(s, *first, 1h, "x");
    end(s, j);  // nor does whoever put it
    CHECK(must(s.reader()->find_job(j.key))->lease == second->lease);
    end(s, *second);
    CHECK_FALSE(must(s.reader()->find_job(j.key)).has_value());
}

TEST_CASE("A lease holds no more when its process is gone, or the clock that it was taken by was wrong") {
    test::open_store opened;
    auto& s = opened.s;
    const auto j = put(s, make_job(s, "prod"));
    SUBCASE("the process is gone") {
        take(s, j);
        must(s.write<void>([](auto& tx) { return tx.end_leases(); }));
    }
    SUBCASE("the clock was ahead") {
        s.clock.move(24h);
        take(s, j);
        s.clock.move(-24h);
    }
    CHECK(due(s, s.clock.now()) == std::vector<std::string>{"prod"});
    CHECK(take(s, j).has_value());
}

TEST_CASE("A job made anew under its key is not ended or put off by whoever had the one before") {
    test::open_store opened;
    auto& s = opened.s;
    const auto old = make_job(s, "prod");
    auto fresh = old;
    fresh.id = crypto::make_ulid(s.clock.now());
    put(s, fresh);
    end(s, old);
    postpone(s, old, 1h, "x");
    CHECK(must(s.reader()->find_job(old.key))->next_at == fresh.next_at);
}

TEST_CASE("A job that is put while somebody is at it is there when they have ended") {
    test::open_store opened;
    auto& s = opened.s;
    const auto taken = take(s, put(s, make_job(s, "prod")));
    auto second = make_job(s, "prod", 5s);
    second.key = taken->key;
    put(s, second);
    CHECK_FALSE(take(s, second));
    SUBCASE("done") { end(s, *taken); }
    SUBCASE("not done") { postpone(s, *taken, 1h, "x"); }
    s.clock.move(5s);
    CHECK(take(s, second)->attempts == 1);
}

TEST_CASE("Connections in use that no job of a kind is about soon are found, of all tenants") {
    test::open_store opened;
    auto& s = opened.s;
    std::vector<model::job_key> keys;
    for (const auto* tenant : {"acme", "corp"}) {
        const auto t = s.add_tenant(tenant);
        for (const auto* name : {"prod", "test"}) {
            const auto c = s.add_connection(t, name);
            if (c.name.str() != "prod") continue;
            must(s.change([&](auto& tx) {
                return tx.set_connection_state(t.id, c.name, model::connection_state::active, s.clock.now(), {});
            }));
        }
    }
    const auto found = [&](std::size_t most) {
        std::vector<std::string> out;
        for (const auto& c :
             must(s.reader()->list_connections_without(model::job_kind::connection_recheck, s.clock.now() + 24h, most)))
            out.push_back(c.tenant.str() + "/" + c.name.str());
        std::ranges::sort(out);
        return out;
    };
    CHECK(found(10) == std::vector<std::string>{"acme/prod", "corp/prod"});
    CHECK(found(1).size() == 1);
    auto j = make_job(s, "connections/prod");
    j.key.tenant_id = must(s.reader()->find_tenant(tenant_name::parse("acme").value()))->id;
    put(s, j);
    CHECK(found(10).size() == 2);  // of another kind
    j.id = crypto::make_ulid(s.clock.now());
    j.key.kind = model::job_kind::connection_recheck;
    put(s, j);
    CHECK(found(10) == std::vector<std::string>{"corp/prod"});
    s.clock.move(-48h);
    CHECK(found(10).size() == 2);  // it is due later
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
