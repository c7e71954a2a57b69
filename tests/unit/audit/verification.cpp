// Against a real database file, changed with plain SQL behind the store's back.

#include "audit/verification.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "../store_sqlite/tampering.hpp"
#include "../store_sqlite/temporary_store.hpp"

#include "model/audit_target.hpp"
#include "model/audited_state.hpp"

using namespace hourkey;
using audit::problem_kind;
using test::must;

namespace {

constexpr std::uint64_t records = 30;

/// A store with records of two tenants and of the server, closed; its bytes, to start over from after each mutation.
struct recorded_store : test::temporary_store {
    std::string pristine = directory.file("pristine.db");

    recorded_store() {
        open();
        const ulid tenants[] = {crypto::make_ulid(clock.now()), crypto::make_ulid(clock.now()), ulid{}};
        for (std::uint64_t i = 0; i < records; ++i) {
            auto r = make_record(tenants[i % 3], "r" + std::to_string(i));
            r.token_id = crypto::make_ulid(clock.now());
            r.reason = "reason";
            r.aws_code = "code";
            r.target = "target";
            r.detail.before.text(model::audit_field::name, "prod");
            r.detail.after.text(model::audit_field::name, "prod")
                .integer(model::audit_field::max_duration_seconds, 900);
            if (i % 5 == 0) r.expiration.reset();
            must(write<std::uint64_t>([&](auto& tx) { return tx.append_audit(r); }));
            clock.move(std::chrono::milliseconds(7));
        }
        close();
        std::filesystem::copy_file(path, pristine);
    }

    void mutate(const std::string& sql) {
        std::filesystem::copy_file(pristine, path, std::filesystem::copy_options::overwrite_existing);
        for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
        test::run_without_triggers(path, sql);
    }

    result<audit::report> look() {
        const auto r = must(store::open_read_only(path));
        audit::record_source source;
        source.records = [&](std::uint64_t after, std::size_t limit) { return r->read_chain(after, limit); };
        source.head = [&] { return r->read_head(); };
        return audit::verify(source, *chain);
    }
};

}  // namespace

TEST_CASE("An untouched trail verifies, an empty one too") {
    recorded_store s;
    s.mutate("");
    const auto whole = must(s.look());
    CHECK(whole.records == records);
    CHECK_FALSE(whole.first);

    test::temporary_store empty;
    empty.open();
    CHECK_FALSE(test::verify(*empty.reader(), *empty.chain).first);
}

TEST_CASE("Another key's chain does not verify") {
    recorded_store s;
    s.mutate("");
    s.chain = std::make_shared<audit::chain>(test::ring_of("not the key"));
    CHECK(must(s.look()).first);
}

TEST_CASE("A change of any column of any record is found") {
    recorded_store s;
    struct row {
        const char* column;
        const char* value;
    };
    const row rows[] = {
        {"tenant_seq", "tenant_seq + 100"},
        {"time", "time + 1"},
        {"request_id", "request_id || ' '"},
        {"action", "action + 1"},
        {"action", "200"},
        {"outcome", "outcome % 3 + 1"},
        {"outcome", "200"},
        {"format", "2"},
        {"key", "2"},
        {"actor", "actor % 3 + 1"},
        {"actor_role", "NULL"},
        {"reason", "''"},
        {"tenant_id", "x'000102030405060708090a0b0c0d0e0f'"},
        {"tenant_id", "x'00'"},
        {"tenant", "'evil'"},
        {"app", "'evil'"},
        {"actor_role", "'admin'"},
        {"token_id", "zeroblob(16)"},
        {"token_id", "x''"},
        {"client_address", "'192.0.2.8'"},
        {"connection", "'test'"},
        {"role_arn", "role_arn || 'x'"},
        {"session_name", "upper(session_name)"},
        {"access_key_id", "'ASIAIOSFODNN7EXAMPLF'"},
        {"sts_request_id", "''"},
        {"aws_code", "''"},
        {"requested_seconds", "requested_seconds + 1"},
        {"requested_seconds", "requested_seconds + 4294967296"},
        {"expiration", "coalesce(expiration, 0) + 1"},
        {"expiration", "CASE WHEN expiration IS NULL THEN 0 END"},
        {"target", "CAST(x'746172676574' || x'00' AS TEXT)"},
        {"detail", "'b13:name:s5:other,,'"},
        {"detail", "''"},
        {"detail", "'a39:name:s4:prod,max_duration_seconds:i901,,'"},
        {"detail", "detail || 'x'"},
        {"count", "count + 1"},
        {"count", "count + 4294967296"},
        {"hash", "zeroblob(32)"},
        {"hash", "x''"},
    };
    for (const auto& r : rows) {
        for (const std::uint64_t seq : {std::uint64_t{1}, records / 2, records}) {
            CAPTURE(r.column);
            CAPTURE(r.value);
            CAPTURE(seq);
            s.mutate(std::string("UPDATE audit SET ") + r.column + " = " + r.value +
                     " WHERE seq = " + std::to_string(seq));
            const auto found = must(s.look());
            REQUIRE(found.first);
            CHECK(found.first->seq == static_cast<std::int64_t>(seq));
            CHECK(found.records == seq - 1);
        }
    }
}

TEST_CASE("Missing, reordered, inserted and cut-off records and a changed head are found, and named") {
    recorded_store s;
    const std::string copy_of_last =
        "CREATE TEMP TABLE last AS SELECT * FROM audit WHERE seq = 30; UPDATE last SET seq = 31, tenant_seq = "
        "tenant_seq + "
        "100; INSERT INTO audit SELECT * FROM last;";
    struct row {
        const char* name;
        std::string sql;
        problem_kind kind;
        std::int64_t seq;
    };
    const row rows[] = {
        {"the first is missing", "DELETE FROM audit WHERE seq = 1", problem_kind::missing, 1},
        {"one in the middle is missing", "DELETE FROM audit WHERE seq = 15", problem_kind::missing, 15},
        {"several are missing", "DELETE FROM audit WHERE seq BETWEEN 10 AND 20", problem_kind::missing, 10},
        {"one is missing and the rest moved up",
         "DELETE FROM audit WHERE seq = 15; UPDATE audit SET seq = -seq WHERE seq > 15; UPDATE audit SET seq = -seq - "
         "1 WHERE seq < 0",
         problem_kind::changed, 15},
        {"two have changed places",
         "UPDATE audit SET seq = -1 WHERE seq = 10; UPDATE audit SET seq = 10 WHERE seq = 11; UPDATE audit SET seq = "
         "11 WHERE seq = -1",
         problem_kind::changed, 10},
        {"the last is cut off", "DELETE FROM audit WHERE seq = 30", problem_kind::tail_cut, 30},
        {"half is cut off", "DELETE FROM audit WHERE seq > 15", problem_kind::tail_cut, 16},
        {"everything is cut off", "DELETE FROM audit", problem_kind::tail_cut, 1},
        {"cut off, and the head made to fit",
         "DELETE FROM audit WHERE seq = 30; UPDATE audit_writers SET seq = 29, hash = (SELECT hash FROM audit WHERE "
         "seq = "
         "29)",
         problem_kind::head_changed, 29},
        {"everything cut off, and the head emptied",
         "DELETE FROM audit; UPDATE audit_writers SET seq = 0, hash = zeroblob(32)", problem_kind::head_changed, 0},
        {"one is put in after the last", copy_of_last, problem_kind::changed, 31},
        {"one is put in and the head moved on", copy_of_last + "UPDATE audit_writers SET seq = 31",
         problem_kind::head_changed, 31},
        {"one is put in before the first", "UPDATE audit SET seq = 0, tenant_seq = 1000 WHERE seq = 30",
         problem_kind::unreadable, 0},
        {"one is put in far before the first", copy_of_last + "UPDATE audit SET seq = -7 WHERE seq = 31",
         problem_kind::unreadable, -7},
        {"one that cannot be read", "UPDATE audit SET outcome = 99 WHERE seq = 12", problem_kind::unreadable, 12},
        {"one whose states cannot be read", "UPDATE audit SET detail = 'x' WHERE seq = 30", problem_kind::unreadable,
         30},
        {"the head's hash is changed", "UPDATE audit_writers SET hash = zeroblob(32)", problem_kind::head_changed, 30},
        {"the head's seal is changed", "UPDATE audit_writers SET seal = zeroblob(32)", problem_kind::head_changed, 30},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        s.mutate(r.sql);
        const auto found = must(s.look());
        REQUIRE(found.first);
        CHECK(to_text(found.first->kind) == to_text(r.kind));
        CHECK(found.first->seq == r.seq);
    }
}

TEST_CASE("A head that was known tells an older trail and another one") {
    recorded_store s;
    s.mutate("");
    const auto r = must(store::open_read_only(s.path));
    const auto hash_at = [&](std::uint64_t seq) { return must(r->read_chain(seq - 1, 1)).records.at(0).hash; };
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return r->read_chain(after, limit); };
    source.head = [&] { return r->read_head(); };
    const auto look = [&](std::uint64_t seq, const model::audit_hash& hash) {
        return must(audit::verify(source, *s.chain, audit::known_head{seq, hash})).first;
    };
    CHECK_FALSE(look(0, {}));
    for (const std::uint64_t seq : {std::uint64_t{1}, records / 2, records}) CHECK_FALSE(look(seq, hash_at(seq)));
    CHECK(look(0, hash_at(1))->kind == problem_kind::another_history);
    CHECK(look(7, hash_at(8))->kind == problem_kind::another_history);
    CHECK(look(7, hash_at(8))->seq == 7);
    CHECK(look(records + 1, hash_at(records))->kind == problem_kind::older);
    CHECK(look(records + 1, hash_at(records))->seq == static_cast<std::int64_t>(records));
}

TEST_CASE("A known head is a seq and a hash in hex") {
    const std::string hash(64, 'a');
    const auto good = must(audit::parse_known_head("17:" + hash));
    CHECK(good.seq == 17);
    CHECK(good.hash[31] == 0xaa);
    for (const auto& wrong : {std::string(), std::string("17"), "17:" + hash.substr(2), ":" + hash, "-1:" + hash,
                              "17 :" + hash, "17:" + hash + "aa", "17:" + std::string(64, 'g')}) {
        CAPTURE(wrong);
        CHECK(test::code_of(audit::parse_known_head(wrong)) == errc::invalid_request);
    }
}

TEST_CASE("The state is held against the trail, also while both change") {
    test::temporary_store s;
    s.open();
    const auto write = [&](auto work, const std::string& target, const ulid& tenant) {
        must(s.write([&](store::transaction& tx) -> result<> {
            HK_TRY(const auto done, work(tx));
            auto r = s.make_record(tenant, "r");
            r.outcome = model::audit_outcome::changed;
            r.target = target;
            if (done.before) r.detail.before = model::audited_state(*done.before);
            if (done.after) r.detail.after = model::audited_state(*done.after);
            HK_CHECK(tx.append_audit(r));
            return {};
        }));
    };
    const model::tenant acme{crypto::make_ulid(s.clock.now()), must(tenant_name::parse("acme")), s.clock.now()};
    write([&](auto& tx) { return tx.create_tenant(acme); }, "tenants/acme", acme.id);
    const auto put_app = [&](int number) {
        const model::app a{acme.id, must(app_name::parse("app-" + std::to_string(number))), s.clock.now()};
        write([&](auto& tx) { return tx.put_app(a, {}); }, model::target_of(a.name), acme.id);
    };
    const auto prod = s.make_connection(acme.id, "prod");
    write([&](auto& tx) { return tx.put_connection(prod, {}); }, "connections/prod", acme.id);
    for (int i = 0; i < 2500; ++i) put_app(10'000 + i);

    const auto r = must(store::open_read_only(s.path, s.row_keys));
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return r->read_chain(after, limit); };
    source.head = [&] { return r->read_head(); };
    int pages = 0;
    source.state = [&](model::state_table table, const model::state_row* after, std::size_t limit) {
        put_app(20'000 + ++pages);
        return r->read_state(table, after, limit);
    };
    const auto clean = must(audit::verify(source, *s.chain));
    CHECK_FALSE(clean.first);
    CHECK(clean.differences.empty());
    CHECK(clean.is_good());
    CHECK(pages > 5);

    // Without its record, through the store's own hands: the seal is right, and only the trail tells.
    must(s.change([&](auto& tx) { return tx.put_grant(s.make_grant(prod, {}), {}); }));
    const auto found = must(audit::verify(source, *s.chain));
    REQUIRE(found.differences.size() == 1);
    CHECK(found.differences[0].kind == audit::difference_kind::unrecorded);
    CHECK(found.differences[0].target == "connections/prod/grants/*");
    CHECK_FALSE(found.is_good());
}

TEST_CASE("An old head put back over its records is found") {
    test::temporary_store s;
    s.open();
    must(s.append({}, "1"));
    const auto old = must(s.reader()->read_head());
    must(s.append({}, "2"));
    const auto r = s.reader();
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return r->read_chain(after, limit); };
    source.head = [&]() -> result<model::sealed_audit_head> { return old; };
    const auto found = must(audit::verify(source, *s.chain));
    REQUIRE(found.first);
    CHECK(found.first->kind == problem_kind::head_changed);
}

TEST_CASE("A trail that grows while it is walked verifies, over more than one page") {
    test::temporary_store s;
    s.open();
    const auto append_many = [&](int count) {
        must(s.write([&](store::transaction& tx) {
            for (int i = 0; i < count; ++i) must(tx.append_audit(s.make_record({}, "r")));
            return result<>();
        }));
    };
    append_many(2500);
    const auto r = s.reader();
    audit::record_source source;
    int pages = 0;
    source.records = [&](std::uint64_t after, std::size_t limit) {
        if (++pages <= 3) append_many(10);
        return r->read_chain(after, limit);
    };
    source.head = [&] { return r->read_head(); };
    const auto found = must(audit::verify(source, *s.chain));
    CHECK_FALSE(found.first);
    CHECK(found.records == 2530);
}

TEST_CASE("A store that cannot be read is a failure, not a verdict") {
    const audit::chain chain(test::ring_of("key"));
    audit::record_source source;
    source.head = []() -> result<model::sealed_audit_head> { return failure(errc::store_unavailable); };
    CHECK(test::code_of(audit::verify(source, chain)) == errc::store_unavailable);
}

namespace {

/// A trail in memory, made by whoever has the keys of `by`.
struct made_trail {
    std::vector<model::audit_record> records;
    model::sealed_audit_head head;

    made_trail(
        const audit::chain& by, const std::vector<std::uint8_t>& keys, std::uint8_t head_key,
        const std::function<void(model::audit_record&)>& fill = [](auto&) {}) {
        for (const auto key : keys) {
            model::audit_record r;
            r.seq = records.size() + 1;
            r.tenant_seq = r.seq;
            r.key = key;
            fill(r);
            r.hash = by.link(head.hash, r).value();
            head.seq = r.seq;
            head.hash = r.hash;
            records.push_back(r);
        }
        head.key = head_key;
        head.seal = by.seal_head(head).value();
    }
    audit::record_source source() const {
        audit::record_source source;
        source.records = [this](std::uint64_t after, std::size_t) -> result<model::audit_run> {
            model::audit_run run;
            if (after < records.size())
                run.records.assign(records.begin() + static_cast<std::ptrdiff_t>(after), records.end());
            return run;
        };
        source.head = [this]() -> result<model::sealed_audit_head> { return head; };
        return source;
    }
    std::optional<audit::problem> look(const audit::chain& with) const {
        return must(audit::verify(source(), with)).first;
    }
};

}  // namespace

TEST_CASE("The server keys are held against the records of their rotations and retirements") {
    using enum model::server_key_state;
    struct row {
        const char* name;
        std::vector<std::pair<model::audit_action, const char*>> records;
        std::vector<std::pair<std::uint8_t, model::server_key_state>> keys;
        std::vector<std::string> differences;
    };
    const auto rotate = model::audit_action::key_rotate, retire = model::audit_action::key_retire;
    const row rows[] = {
        {"the first", {}, {{1, active}}, {}},
        {"a first of another number", {}, {{4, active}}, {}},
        {"a rotation", {{rotate, "keys/2"}}, {{1, old}, {2, active}}, {}},
        {"a retirement", {{rotate, "keys/2"}, {retire, "keys/1"}}, {{1, retired}, {2, active}}, {}},
        {"two rotations", {{rotate, "keys/2"}, {rotate, "keys/3"}}, {{1, old}, {2, old}, {3, active}}, {}},
        {"turned back", {{rotate, "keys/2"}}, {{1, active}, {2, old}}, {"differs keys/1", "differs keys/2"}},
        {"taken out", {{rotate, "keys/2"}}, {{1, active}}, {"differs keys/1", "vanished keys/2"}},
        {"brought to life", {{rotate, "keys/2"}, {retire, "keys/1"}}, {{1, old}, {2, active}}, {"differs keys/1"}},
        {"put in", {}, {{1, old}, {2, active}}, {"differs keys/1", "unrecorded keys/2"}},
    };
    const audit::chain chain(test::ring_of("one"));
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const made_trail trail(chain, std::vector<std::uint8_t>(r.records.size(), 1), 1,
                               [&](model::audit_record& record) {
                                   record.action = r.records.at(record.seq - 1).first;
                                   record.target = r.records.at(record.seq - 1).second;
                               });
        auto source = trail.source();
        source.keys = [&]() -> result<std::vector<model::server_key>> {
            std::vector<model::server_key> out;
            for (const auto& [id, state] : r.keys) out.push_back({.id = id, .state = state, .created_at = {}});
            return out;
        };
        std::vector<std::string> found;
        for (const auto& d : must(audit::verify(source, chain)).differences)
            found.push_back(std::string(to_text(d.kind)) + " " + d.target);
        CHECK(found == r.differences);
    }
}

TEST_CASE("A key that was replaced makes no later record and no later head, and one that was retired no head at all") {
    const auto ring = test::ring_of("one");
    ring->add(2, secret("two"));
    const auto living = test::ring_of("two", 2);
    const audit::chain whole(ring), retired(ring, living);
    struct row {
        const char* name;
        std::vector<std::uint8_t> keys;
        std::uint8_t head_key;
        std::optional<problem_kind> before, after;  ///< the first key's retirement
        std::int64_t seq;
    };
    const row rows[] = {
        {"all under the first key", {1, 1, 1}, 1, {}, problem_kind::head_changed, 3},
        {"the rotation's own record and head", {1, 1}, 1, {}, problem_kind::head_changed, 2},
        {"a rotation in between", {1, 1, 2}, 2, {}, {}, 0},
        {"a head that was sealed anew", {1, 1}, 2, {}, {}, 0},
        {"gone on with the first key", {1, 2, 1}, 1, problem_kind::changed, problem_kind::head_changed, 3},
        {"gone on with the first key, under a good head",
         {1, 2, 1, 2},
         2,
         problem_kind::changed,
         problem_kind::changed,
         3},
        {"a head of the first key after the second's records",
         {1, 2},
         1,
         problem_kind::head_changed,
         problem_kind::head_changed,
         2},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const made_trail trail(whole, r.keys, r.head_key);
        for (const auto& [with, expected] : {std::pair(&whole, r.before), std::pair(&retired, r.after)}) {
            const auto found = trail.look(*with);
            REQUIRE(found.has_value() == expected.has_value());
            if (!found) continue;
            CHECK(to_text(found->kind) == to_text(*expected));
            CHECK(found->seq == r.seq);
        }
    }
}
