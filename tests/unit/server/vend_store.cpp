#include "server/adapters/vend_store.hpp"

#include "policy/vend_decision.hpp"
#include "unit/store_sqlite/temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;
using test::code_of;
using test::must;

task<> commit(store_for_vends& into, model::principal who, model::audit_record record,
              vending::vend_store::authorization_basis under, result<>& out) {
    out = co_await into.commit(std::move(who), std::move(record), std::move(under));
}

task<> commit_three(store_for_vends& into, model::audit_record record, std::size_t& done) {
    for (int n = 0; n < 3; ++n) {
        const auto committed = co_await into.commit(record);
        done += committed ? 1 : 0;
    }
}

/// An app that may use one connection, by a grant of 10 minutes and a token of 20.
struct allowed_app {
    boost::asio::io_context context{1};  ///< outlives the store, whose writer posts to it
    test::temporary_store store;
    std::unique_ptr<store::reader> reader;
    model::principal who;
    std::optional<model::grant> grant;
    linking::open_findings findings;
    int decided_again = 0;

    allowed_app() {
        store.open();
        reader = store.reader();
        const auto acme = store.add_tenant("acme");
        const auto web = store.add_app(acme, "web");
        const auto prod = store.add_connection(acme, "prod");
        must(store.change([&](store::transaction& tx) {
            return tx.set_connection_state(acme.id, prod.name, model::connection_state::active, store.clock.now(), {});
        }));
        grant = store.make_grant(prod, web.name);
        grant->expires_at = store.clock.now() + 10min;
        put(*grant);
        auto token = store.make_token(model::role::app, acme, web.name);
        token.expires_at = store.clock.now() + 20min;
        must(store.change([&](store::transaction& tx) { return tx.create_token(token); }));
        who = model::principal_of(token);
    }
    void put(const model::grant& g) {
        must(store.change([&](store::transaction& tx) { return tx.put_grant(g, {}); }));
    }

    result<> commit_after(std::chrono::seconds slow_sts, wall_time until) {
        policy::refusal_counts refusals;
        vend_views views(*store.db, findings);
        store_for_vends vends(*store.db, views, findings, refusals, store.clock);
        vending::vend_store::authorization_basis under{
            .seen = store.db->authorisation(),
            .until = until,
            .decide_again = [this](const auto& asks, const auto& facts, wall_time now) -> result<> {
                ++decided_again;
                HK_CHECK(policy::decide(asks, {.duration = {}, .min_ttl = {}}, facts, {}, now));
                return {};
            }};
        store.clock.move(slow_sts);
        result<> out;
        boost::asio::co_spawn(context,
                              commit(vends, who, store.make_record(who.tenant_id, "R1"), std::move(under), out),
                              boost::asio::detached);
        context.restart();
        context.run();
        return out;
    }
    [[nodiscard]] model::audit_record last_record() const {
        return must(reader->list_audit(who.tenant_id, {})).items.back();
    }
};

}  // namespace

TEST_CASE("A vend that nothing has touched is recorded without another decision") {
    allowed_app a;
    CHECK(a.commit_after(599s, *a.grant->expires_at).has_value());
    CHECK(a.decided_again == 0);
    CHECK(a.last_record().outcome == model::audit_outcome::granted);
    a.store.close();
}

TEST_CASE("What runs out while STS answers stops the vend, and its record says denied") {
    const struct {
        const char* name;
        std::chrono::seconds slow_sts;
        bool grant_ends;
        errc code;
        const char* reason;
    } rows[] = {
        {"the grant", 600s, true, errc::app_not_allowed, "app_not_allowed"},
        {"the token", 1200s, false, errc::unauthenticated, "unauthenticated"},
        {"both", 1200s, true, errc::unauthenticated, "unauthenticated"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        allowed_app a;
        if (!r.grant_ends) {
            a.grant->expires_at.reset();
            a.put(*a.grant);
        }
        CHECK(code_of(a.commit_after(r.slow_sts, r.grant_ends ? *a.grant->expires_at : a.who.until)) == r.code);
        CHECK(a.last_record().outcome == model::audit_outcome::denied);
        CHECK(a.last_record().reason == r.reason);
        a.store.close();
    }
}

TEST_CASE(
    "Of what gave nobody anything, equal refusals are counted; errors and what AWS has made a session for are not") {
    struct row {
        const char* name;
        errc code;
        const char* access_key_id;
        std::size_t records;  ///< of three
    };
    const row rows[] = {{"denied by hourkey", errc::app_not_allowed, "", 1},
                        {"refused by AWS", errc::trust_refused, "", 1},
                        {"an error of AWS's", errc::sts_unavailable, "", 3},
                        {"denied with a session made", errc::min_ttl_unmet, "ASIAEXAMPLE", 3}};
    for (const auto& r : rows) {
        CAPTURE(r.name);
        boost::asio::io_context context{1};  // outlives the store, whose writer posts to it
        test::temporary_store s;
        s.open();
        const auto t = s.add_tenant("acme");
        const auto reader = s.reader();
        policy::refusal_counts refusals;
        linking::open_findings findings;
        vend_views views(*s.db, findings);
        store_for_vends vends(*s.db, views, findings, refusals, s.clock);
        model::audit_record record;
        record.tenant_id = t.id;
        record.action = model::audit_action::vend;
        record.connection = "prod";
        record.outcome = is_denial(r.code) ? model::audit_outcome::denied : model::audit_outcome::error;
        record.reason = describe(r.code).api;
        record.access_key_id = r.access_key_id;
        std::size_t done = 0;
        boost::asio::co_spawn(context, commit_three(vends, record, done), boost::asio::detached);
        context.restart();
        context.run();
        CHECK(done == 3);
        CHECK(must(reader->read_chain(0, 10)).records.size() == r.records);
        CHECK(refusals.counted() == 3 - r.records);
    }
}

TEST_CASE("A grant that was prolonged while STS answered still allows the vend") {
    allowed_app a;
    const auto until = *a.grant->expires_at;
    a.grant->expires_at = until + 1h;
    a.put(*a.grant);
    CHECK(a.commit_after(600s, until).has_value());
    CHECK(a.decided_again == 1);
    a.store.close();
}

TEST_CASE("A finding that is not stored yet stops a vend in its transaction, though no epoch has changed") {
    allowed_app a;
    const auto seen = must(a.reader->find_connection(a.who.tenant_id, a.grant->connection));
    REQUIRE(seen);
    static_cast<void>(a.findings.add(
        {.seen = *seen, .state = model::connection_state::insecure_trust, .at = a.store.clock.now(), .records = {}}));
    CHECK(code_of(a.commit_after(1s, *a.grant->expires_at)) == errc::connection_not_ready);
    CHECK(a.last_record().outcome == model::audit_outcome::denied);
    a.store.close();
}

}  // namespace hourkey::server
