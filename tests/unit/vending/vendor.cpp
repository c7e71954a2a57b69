#include "vending/vendor.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

namespace hourkey::vending {
namespace {

using namespace std::chrono_literals;

class fixed_clock final : public clock_source {
public:
    wall_time at = wall_time(1'795'000'000s);
    wall_time now() const noexcept override { return at; }
    steady_time steady = steady_time{};
    steady_time steady_now() const noexcept override { return steady; }
};

model::principal web_of_acme() {
    model::principal c;
    c.role = model::role::app;
    c.tenant = *tenant_name::parse("acme");
    c.app = *app_name::parse("web");
    c.stage = *stage_name::parse("prod");
    return c;
}

/// A store that remembers what was committed, and at which point of the order of events.
class fake_store final : public vend_store {
public:
    model::vend_facts facts;
    bool readable = true, commits = true, broken_seal = false;
    std::optional<model::vend_facts> kept;  ///< what an earlier request left, with which this one begins
    int read_anew_times = 0;
    std::optional<model::vend_facts> facts_at_commit;  ///< authorisation changed while STS answered
    std::vector<model::audit_record> records;
    wall_time until;
    std::vector<std::string>& events;

    explicit fake_store(std::vector<std::string>& order) : events(order) {}

    [[nodiscard]] view_ptr view_of(result<model::vend_facts> what) const {
        return std::make_shared<const model::vend_view>(
            model::vend_view{.token = {}, .facts = std::move(what), .seen = {.epoch = 7}});
    }
    [[nodiscard]] view_ptr view() const {
        if (!readable) return view_of(failure(errc::store_unavailable));
        if (broken_seal) return view_of(failure(errc::broken_seal));
        return view_of(kept.value_or(facts));
    }
    task<result<view_ptr>> read_anew(const model::principal& who, const connection_name& connection) override {
        CHECK(who.app->str() == "web");
        CHECK(connection.str() == "prod");
        ++read_anew_times;
        if (!readable) co_return failure(errc::store_unavailable);
        co_return view_of(facts);
    }
    task<result<>> commit(model::principal who, model::audit_record record, authorization_basis under) override {
        CHECK(under.seen.epoch == 7);
        until = under.until;
        events.emplace_back("commit");
        if (!commits) co_return failure(errc::audit_unavailable);
        if (facts_at_commit) {
            auto held = under.decide_again(who, *facts_at_commit, record.time);
            if (!held) {
                record.outcome = model::audit_outcome::denied;
                records.push_back(record);
                co_return held.error();
            }
        }
        records.push_back(record);
        co_return result<>{};
    }
    task<result<>> commit(model::audit_record record) override {
        events.emplace_back("commit");
        if (!commits) co_return failure(errc::audit_unavailable);
        records.push_back(record);
        co_return result<>{};
    }
};

class fake_sts final : public role_assumer {
public:
    std::optional<failure> fails;
    std::chrono::seconds lives = 3600s;
    std::chrono::seconds ahead{};  ///< of our clock
    bool chained = false;
    std::optional<role_session_request> asked;
    const fixed_clock& clock;
    std::vector<std::string>& events;

    fake_sts(const fixed_clock& c, std::vector<std::string>& order) : clock(c), events(order) {}

    task<result<role_session>> assume(const model::principal& who, role_session_request request, deadline) override {
        CHECK(who.app->str() == "web");
        events.emplace_back("sts");
        asked = std::move(request);
        if (fails) co_return *fails;
        role_session s;
        s.duration = chained ? std::min(asked->duration, 3600s) : asked->duration;
        s.access_key_id = "ASIATESTTESTTEST0001";
        s.secret_access_key = secret("not a real secret key");
        s.session_token = secret("not a real session token");
        s.expiration = clock.at + lives + ahead;
        s.life = lives;
        s.sts_request_id = "sts-1";
        co_return s;
    }
};

struct bench {
    std::vector<std::string> events;
    fixed_clock clock;
    fake_store store{events};
    fake_sts sts{clock, events};
    vendor heart{store, sts, 3600s, clock};
    held_vends held;

    bench() {
        store.facts.connection =
            model::connection{.tenant_id = {},
                              .name = *connection_name::parse("prod"),
                              .state = model::connection_state::active,
                              .role_arn = *aws::role_arn::parse("arn:aws:iam::123456789012:role/deploy"),
                              .account_id = *aws::account_id::parse("123456789012"),
                              .region = *aws::region::parse("eu-west-1"),
                              .external_id = *aws::external_id::parse("hk-abc"),
                              .created_at = clock.at,
                              .verified_at = clock.at,
                              .revision = 1};
        store.facts.app_grant = model::grant{.tenant_id = {},
                                             .connection = *connection_name::parse("prod"),
                                             .app = *app_name::parse("web"),
                                             .max_duration = {},
                                             .expires_at = {},
                                             .reason = {},
                                             .created_at = clock.at,
                                             .revision = 1};
    }

    vend_request request(policy::vend_limits limits, std::optional<connection_name> connection) const {
        auto view = connection ? store.view() : store.view_of(model::vend_facts{});
        return {.connection = std::move(connection),
                .limits = std::move(limits),
                .request_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                .client_address = "192.0.2.7",
                .view = std::move(view),
                .view_is_kept = store.kept.has_value()};
    }

    template <class T>
    static result<T> run(task<result<T>> what) {
        boost::asio::io_context io;
        std::optional<result<T>> out;
        auto all = [&](task<result<T>> asked) -> task<> { out.emplace(co_await std::move(asked)); };
        boost::asio::co_spawn(io, all(std::move(what)), [](const std::exception_ptr& e) { CHECK_FALSE(e); });
        io.run();
        return *std::move(out);
    }

    result<vended> vend(policy::vend_limits limits = {},
                        std::optional<connection_name> connection = *connection_name::parse("prod")) {
        return run(
            heart.vend(web_of_acme(), request(std::move(limits), std::move(connection)), deadline(steady_time::max())));
    }
    result<vended> vend_by_field(policy::vend_limits limits = {}, model::principal who = web_of_acme()) {
        return run(heart.vend_or_reissue(std::move(who), request(std::move(limits), *connection_name::parse("prod")),
                                         deadline(steady_time::max()), held));
    }
    result<> check() { return run(heart.check(web_of_acme(), request({}, *connection_name::parse("prod")))); }
    [[nodiscard]] std::size_t sts_calls() const {
        return static_cast<std::size_t>(std::ranges::count(events, std::string("sts")));
    }
};

TEST_CASE("a vend hands out what STS gave, after one granted record with everything an auditor joins by") {
    bench b;
    const auto done = b.vend();
    REQUIRE(done.has_value());
    CHECK(done->session.access_key_id == "ASIATESTTESTTEST0001");
    CHECK(done->session.secret_access_key.expose() == "not a real secret key");
    CHECK(done->role_arn.str() == "arn:aws:iam::123456789012:role/deploy");
    CHECK(b.sts.asked->duration == 3600s);
    CHECK(b.events == std::vector<std::string>{"sts", "commit"});

    CHECK(b.sts.asked->external_id.str() == "hk-abc");
    CHECK(b.sts.asked->region->str() == "eu-west-1");
    CHECK(b.sts.asked->name.str() == "hk.acme.web.TSV4RRFFQ69G5FAV");

    REQUIRE(b.store.records.size() == 1);
    const auto& r = b.store.records[0];
    CHECK(r.outcome == model::audit_outcome::granted);
    CHECK(r.action == model::audit_action::vend);
    CHECK(r.actor == model::audit_actor::token);
    CHECK(r.detail.context.canonical() == "stage:s4:prod,region:s9:eu-west-1,");
    CHECK(r.tenant == "acme");
    CHECK(r.app == "web");
    CHECK(r.connection == "prod");
    CHECK(r.client_address == "192.0.2.7");
    CHECK(r.request_id == "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CHECK(r.role_arn == "arn:aws:iam::123456789012:role/deploy");
    CHECK(r.session_name == "hk.acme.web.TSV4RRFFQ69G5FAV");
    CHECK(r.access_key_id == "ASIATESTTESTTEST0001");
    CHECK(r.sts_request_id == "sts-1");
    CHECK(r.expiration == b.clock.at + 3600s);
    CHECK(r.requested_seconds == 3600);
}

TEST_CASE("STS's refusal may pass only soon after the connection was verified") {
    bench b;
    REQUIRE(b.vend().has_value());
    CHECK_FALSE(b.sts.asked->trust_has_settled);
    b.clock.at += model::trust_settles;
    b.vend();
    CHECK(b.sts.asked->trust_has_settled);
}

TEST_CASE("a denial never reaches STS and has its record") {
    bench b;
    b.store.facts.app_grant.reset();
    const auto done = b.vend();
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::app_not_allowed);
    CHECK(b.events == std::vector<std::string>{"commit"});
    REQUIRE(b.store.records.size() == 1);
    CHECK(b.store.records[0].outcome == model::audit_outcome::denied);
    CHECK(b.store.records[0].reason == "app_not_allowed");
    CHECK(b.store.records[0].access_key_id.empty());
}

TEST_CASE("what cannot be a connection's name is denied and recorded like a connection that is not there") {
    bench b;
    b.store.facts = {};
    const auto absent = b.vend();
    const auto malformed = b.vend({}, std::nullopt);
    REQUIRE_FALSE(malformed.has_value());
    CHECK(malformed.error().code == absent.error().code);
    CHECK(malformed.error().text() == absent.error().text());
    CHECK(malformed.error().hint == absent.error().hint);
    REQUIRE(b.store.records.size() == 2);
    CHECK(b.store.records[1].outcome == model::audit_outcome::denied);
    CHECK(b.store.records[1].reason == b.store.records[0].reason);
    CHECK(b.store.records[1].connection.empty());
}

TEST_CASE("credentials whose record cannot be committed are never handed out") {
    bench b;
    b.store.commits = false;
    const auto done = b.vend();
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::audit_unavailable);
    CHECK(b.store.records.empty());
}

TEST_CASE("a denial whose record cannot be committed answers audit_unavailable") {
    bench b;
    b.store.facts.app_grant.reset();
    b.store.commits = false;
    CHECK(b.vend().error().code == errc::audit_unavailable);
}

TEST_CASE("a session that may not be asked for is none, and leaves no record") {
    for (const auto shut : {errc::audit_unavailable, errc::rate_limited}) {
        bench b;
        b.sts.fails = failure(shut);
        CHECK(b.vend().error().code == shut);
        CHECK(b.events == std::vector<std::string>{"sts"});
        CHECK(b.store.records.empty());
    }
}

TEST_CASE("what an earlier request left may allow, and only what is read anew refuses") {
    bench b;
    b.store.kept = b.store.facts;
    CHECK(b.vend().has_value());
    CHECK(b.store.read_anew_times == 0);
    b.store.kept->app_grant.reset();
    CHECK(b.vend().has_value());
    CHECK(b.store.read_anew_times == 1);
    b.store.facts.app_grant.reset();
    CHECK(b.vend().error().code == errc::app_not_allowed);
    CHECK(b.store.read_anew_times == 2);
    b.store.readable = false;
    CHECK(b.vend().error().code == errc::audit_unavailable);
}

TEST_CASE("a refusal on what was just read is not read again") {
    bench b;
    b.store.facts.app_grant.reset();
    CHECK(b.vend().error().code == errc::app_not_allowed);
    CHECK(b.store.read_anew_times == 0);
}

TEST_CASE("a store that cannot be read answers audit_unavailable") {
    bench b;
    b.store.readable = false;
    CHECK(b.vend().error().code == errc::audit_unavailable);
    CHECK(b.events.empty());
}

TEST_CASE("a vend that rests on a row of somebody else's making is refused as that, with its record") {
    bench b;
    b.store.broken_seal = true;
    CHECK(b.vend().error().code == errc::broken_seal);
    REQUIRE(b.store.records.size() == 1);
    CHECK(b.store.records[0].outcome == model::audit_outcome::error);
    CHECK(b.store.records[0].reason == "broken_seal");
    CHECK_FALSE(b.sts.asked);
}

TEST_CASE("what STS refuses is recorded with AWS's code and request id") {
    bench b;
    b.sts.fails = failure(errc::trust_refused);
    b.sts.fails->aws = aws_detail{.code = "AccessDenied", .request_id = "aws-9", .region = "eu-west-1"};
    const auto done = b.vend();
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::trust_refused);
    REQUIRE(b.store.records.size() == 1);
    CHECK(b.store.records[0].outcome == model::audit_outcome::error);
    CHECK(b.store.records[0].reason == "trust_refused");
    CHECK(b.store.records[0].aws_code == "AccessDenied");
    CHECK(b.store.records[0].sts_request_id == "aws-9");
}

TEST_CASE("a session shorter than min_ttl_seconds is not handed out, but recorded with its key") {
    bench b;
    b.sts.lives = 600s;
    const auto done = b.vend({.duration = {}, .min_ttl = 1800s});
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().code == errc::min_ttl_unmet);
    REQUIRE(b.store.records.size() == 1);
    CHECK(b.store.records[0].outcome == model::audit_outcome::denied);
    CHECK(b.store.records[0].access_key_id == "ASIATESTTESTTEST0001");
}

TEST_CASE("min_ttl_seconds is judged by STS's clock, however wrong this machine's is") {
    for (const auto ahead : {-7200s, 0s, 7200s}) {
        CAPTURE(ahead.count());
        bench b;
        b.sts.ahead = ahead;
        b.sts.lives = 1800s;
        CHECK(b.vend({.duration = {}, .min_ttl = 1800s}).has_value());
        b.sts.lives = 1769s;
        const auto short_one = b.vend({.duration = {}, .min_ttl = 1800s});
        REQUIRE_FALSE(short_one.has_value());
        CHECK(short_one.error().code == errc::min_ttl_unmet);
    }
}

TEST_CASE("what changes while STS answers stops the vend in the transaction of its record") {
    struct row {
        const char* name;
        errc code;
        void (*change)(model::vend_facts&);
    };
    const std::vector<row> rows{
        {"the grant was revoked", errc::app_not_allowed, [](model::vend_facts& f) { f.app_grant.reset(); }},
        {"the connection was deleted", errc::app_not_allowed, [](model::vend_facts& f) { f.connection.reset(); }},
        {"the connection became insecure", errc::connection_not_ready,
         [](model::vend_facts& f) { f.connection->state = model::connection_state::insecure_trust; }},
        {"the grant was tightened", errc::connection_not_ready,
         [](model::vend_facts& f) { f.app_grant->max_duration = 900s; }},
        {"the name stands for another role", errc::connection_not_ready,
         [](model::vend_facts& f) {
             f.connection->role_arn = *aws::role_arn::parse("arn:aws:iam::999999999999:role/other");
         }},
        {"the connection moved to another region", errc::connection_not_ready,
         [](model::vend_facts& f) { f.connection->region = *aws::region::parse("eu-north-1"); }},
        {"the connection was made anew", errc::connection_not_ready,
         [](model::vend_facts& f) { f.connection->external_id = *aws::external_id::parse("hk-new"); }},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        bench b;
        b.store.facts_at_commit = b.store.facts;
        r.change(*b.store.facts_at_commit);
        const auto done = b.vend();
        REQUIRE_FALSE(done.has_value());
        CHECK(done.error().code == r.code);
        REQUIRE(b.store.records.size() == 1);
        CHECK(b.store.records[0].outcome == model::audit_outcome::denied);
    }
}

TEST_CASE("what is loosened while STS answers stops nothing") {
    bench b;
    b.store.facts.app_grant->max_duration = 900s;
    b.store.facts_at_commit = b.store.facts;
    b.store.facts_at_commit->app_grant->max_duration = 3600s;
    CHECK(b.vend().has_value());
    CHECK(b.sts.asked->duration == 900s);
}

TEST_CASE("a vend is allowed until the first of its grants runs out") {
    bench b;
    REQUIRE(b.vend().has_value());
    CHECK(b.store.until == wall_time::max());
    b.store.facts.any_grant = b.store.facts.app_grant;
    b.store.facts.app_grant->expires_at = b.clock.at + 20s;
    REQUIRE(b.vend().has_value());
    CHECK(b.store.until == b.clock.at + 20s);
    b.store.facts.any_grant->expires_at = b.clock.at + 10s;
    REQUIRE(b.vend().has_value());
    CHECK(b.store.until == b.clock.at + 10s);
}

TEST_CASE("what is needed at least is known to whoever knows the base identity, and its refusal has a record") {
    bench b;
    b.store.facts.app_grant->max_duration = 7200s;
    b.sts.fails = failure(errc::min_ttl_unmet);
    CHECK(b.vend({.duration = 7200s, .min_ttl = 5400s}).error().code == errc::min_ttl_unmet);
    CHECK(b.sts.asked->least == 5400s);
    REQUIRE(b.store.records.size() == 1);
    CHECK(b.store.records[0].outcome == model::audit_outcome::denied);
    CHECK(b.store.records[0].reason == "min_ttl_unmet");
}

TEST_CASE("a duration that chaining caps is granted as capped and says so") {
    bench b;
    b.sts.chained = true;
    b.store.facts.app_grant->max_duration = 7200s;
    const auto done = b.vend({.duration = 7200s, .min_ttl = {}});
    REQUIRE(done.has_value());
    CHECK(done->capped_by_chaining);
    CHECK(b.sts.asked->duration == 7200s);
    CHECK(b.store.records[0].requested_seconds == 3600);
}

TEST_CASE("what would be refused before AWS is asked is refused with its record, and nothing else is recorded") {
    bench b;
    CHECK(b.check().has_value());
    CHECK(b.events.empty());
    b.store.facts.app_grant.reset();
    CHECK(b.check().error().code == errc::app_not_allowed);
    CHECK(b.events == std::vector<std::string>{"commit"});
    CHECK(b.store.records[0].outcome == model::audit_outcome::denied);
    b.store.commits = false;
    CHECK(b.check().error().code == errc::audit_unavailable);
}

TEST_CASE("what a token got just before is handed out again, on record with its key, and AWS is not asked") {
    bench b;
    const auto first = b.vend_by_field();
    REQUIRE(first.has_value());
    b.clock.steady += held_vends::kept_for - 1ns;
    const auto again = b.vend_by_field();
    REQUIRE(again.has_value());
    CHECK(b.sts_calls() == 1);
    CHECK(again->session.secret_access_key.expose() == first->session.secret_access_key.expose());
    CHECK(again->session.session_token.expose() == first->session.session_token.expose());
    CHECK(again->session.expiration == first->session.expiration);
    REQUIRE(b.store.records.size() == 2);
    const auto& r = b.store.records[1];
    CHECK(r.outcome == model::audit_outcome::reissued);
    CHECK(r.access_key_id == "ASIATESTTESTTEST0001");
    CHECK(r.sts_request_id == "sts-1");
    CHECK(r.session_name == b.store.records[0].session_name);
    CHECK(r.role_arn == b.store.records[0].role_arn);
    CHECK(r.expiration == b.store.records[0].expiration);
    CHECK(r.requested_seconds == 3600);
    b.clock.steady += 1ns;
    REQUIRE(b.vend_by_field().has_value());
    CHECK(b.sts_calls() == 2);
    CHECK(b.store.records[2].outcome == model::audit_outcome::granted);
}

TEST_CASE("what a token got before is nobody else's, and of no other length") {
    bench b;
    b.store.facts.app_grant->max_duration = 3600s;
    REQUIRE(b.vend_by_field().has_value());
    auto other = web_of_acme();
    other.id = *ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAW");
    REQUIRE(b.vend_by_field({}, other).has_value());
    CHECK(b.sts_calls() == 2);
    REQUIRE(b.vend_by_field({.duration = 900s, .min_ttl = {}}).has_value());
    CHECK(b.sts_calls() == 3);
    REQUIRE(b.vend().has_value());  // whoever wants a fresh one gets it
    CHECK(b.sts_calls() == 4);
}

TEST_CASE("what a token got before is not handed out across a change of what it rested on") {
    struct row {
        const char* name;
        void (*change)(model::vend_facts&);
        std::optional<errc> refused;
    };
    const std::vector<row> rows{
        {"the grant was revoked", [](model::vend_facts& f) { f.app_grant.reset(); }, errc::app_not_allowed},
        {"the grant was revoked and given again", [](model::vend_facts& f) { f.app_grant->revision = 3; }, {}},
        {"another grant takes its place",
         [](model::vend_facts& f) {
             f.any_grant = f.app_grant;
             f.app_grant.reset();
         },
         {}},
        {"the connection became insecure",
         [](model::vend_facts& f) { f.connection->state = model::connection_state::insecure_trust; },
         errc::connection_not_ready},
        {"the connection was changed", [](model::vend_facts& f) { f.connection->revision = 2; }, {}},
        {"the grant was tightened", [](model::vend_facts& f) { f.app_grant->max_duration = 900s; }, {}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        bench before;  // the request after it comes
        REQUIRE(before.vend_by_field().has_value());
        r.change(before.store.facts);
        const auto done = before.vend_by_field();
        CHECK(done.has_value() == !r.refused.has_value());
        CHECK(before.sts_calls() == (r.refused ? 1 : 2));
        CHECK(before.store.records.back().outcome ==
              (r.refused ? model::audit_outcome::denied : model::audit_outcome::granted));

        bench amidst;  // it comes while the record is written
        REQUIRE(amidst.vend_by_field().has_value());
        amidst.store.facts_at_commit = amidst.store.facts;
        r.change(*amidst.store.facts_at_commit);
        const auto stopped = amidst.vend_by_field();
        REQUIRE_FALSE(stopped.has_value());
        CHECK(stopped.error().code == r.refused.value_or(errc::connection_not_ready));
        CHECK(amidst.store.records.back().outcome == model::audit_outcome::denied);
    }
}

TEST_CASE("what cannot be recorded is not handed out again either") {
    bench b;
    REQUIRE(b.vend_by_field().has_value());
    b.store.commits = false;
    CHECK(b.vend_by_field().error().code == errc::audit_unavailable);
    CHECK(b.sts_calls() == 1);
}

}  // namespace
}  // namespace hourkey::vending
