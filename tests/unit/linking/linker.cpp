#include "linking/linker.hpp"

#include "linking/verification_jobs.hpp"
#include "tenancy/change.hpp"

#include "unit/tenancy/tenancy_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>
#include <vector>

namespace hourkey::linking {
namespace {

using kind = probe_result::kind;
using state = model::connection_state;
using test::code_of;
using test::must;

const std::string own_user = "arn:aws:iam::111122223333:user/hourkey";

class fake_host final : public host {
public:
    own_identity ours{.principal_arn = own_user, .partition = "aws"};
    mutable std::vector<aws::external_id> ids;
    mutable std::vector<state> unstored;

    own_identity identity() const override { return ours; }
    bool knows_region(const aws::region& region) const override { return region.str() != "eu-nowhere-1"; }
    aws::external_id make_external_id() const override { return ids.emplace_back(aws::make_external_id()); }
    std::chrono::seconds every{0};
    std::chrono::seconds verify_every() const override { return every; }
    std::uint64_t random() const override { return 0; }
    void tell_unstored(const finding& f, const failure&) const override { unstored.push_back(f.state); }
};

/// Answers the right, a wrong and no external id; `meanwhile` happens before the last.
class fake_probe final : public trust_probe {
public:
    kind right = kind::allowed, wrong = kind::refused, none = kind::refused;
    std::function<void()> meanwhile;
    task<probe_result> assume(probe_request request, deadline) override {
        if (!request.external_id && meanwhile) meanwhile();
        const bool is_right = request.external_id == request.connection.external_id;
        probe_result out{.ended = is_right ? right : request.external_id ? wrong : none, .why = {}, .account_id = {}};
        out.session_name = request.session_name.str();
        if (out.ended != kind::allowed) out.why = failure(errc::trust_refused);
        if (out.ended == kind::not_asked) out.why = failure(errc::rate_limited);
        if (request.then_identify && out.ended == kind::allowed) out.account_id = request.connection.account_id;
        co_return out;
    }
};

connection_request prod(const char* role = "arn:aws:iam::444455556666:role/deploy") {
    return {.name = connection_name::parse("prod").value(), .role = must(aws::role_arn::parse(role)), .region = {}};
}

/// A tenant with one connection, pending.
struct bench : tenancy::tenancy_fixture {
    fake_host in;
    fake_probe probe;
    open_findings findings;
    linker links{*store.db, findings, probe, in, store.clock};

    bench() { must(run(links.put(admin_asks(), prod(), {}))); }

    template <class T>
    static T run(task<T> work) {
        boost::asio::io_context io;
        std::optional<T> out;
        boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& e, T r) {
            CHECK_FALSE(e);
            out.emplace(std::move(r));
        });
        io.run();
        return *std::move(out);
    }
    result<verified> verify() { return run(links.verify(admin_asks(), prod().name, deadline(steady_time::max()))); }
    model::connection row() { return must(store.reader()->find_connection(acme->id, prod().name)).value(); }
    void become(state s) {
        must(store.change([&](store::transaction& tx) {
            return tx.set_connection_state(acme->id, prod().name, s, store.clock.now(), {});
        }));
    }
    std::optional<model::job> job(model::job_kind kind) {
        return must(
            store.reader()->find_job({.kind = kind, .tenant_id = acme->id, .target = model::target_of(prod().name)}));
    }
    std::optional<verified> verify_again(model::job_kind kind) {
        return must(run(links.verify_again(job(kind).value(), deadline(steady_time::max()))));
    }
    void revoke_admin() {
        must(store.change(
            [&](store::transaction& tx) { return tx.revoke_token(acme->id, admin.id, store.clock.now()); }));
    }
};

}  // namespace

TEST_CASE("A connection's role can be reached, is not hourkey's own, and its region fits") {
    const struct {
        std::string name, role;
        std::optional<std::string> region;
        std::string wrong;
        std::optional<std::string> default_region = {};
    } rows[] = {
        {"a role", "arn:aws:iam::444455556666:role/deploy", {}, ""},
        {"with a region", "arn:aws:iam::444455556666:role/deploy", "eu-west-1", ""},
        {"another partition", "arn:aws-cn:iam::444455556666:role/deploy", {}, "role_arn"},
        {"hourkey itself", "arn:aws:iam::111122223333:role/hourkey", {}, "role_arn"},
        {"a region that AWS has not", "arn:aws:iam::444455556666:role/deploy", "eu-nowhere-1", "region"},
        {"a region of another partition", "arn:aws:iam::444455556666:role/deploy", "cn-north-1", "region"},
        {"with a region for clients", "arn:aws:iam::444455556666:role/deploy", {}, "", "eu-west-1"},
        {"one for clients that AWS has not",
         "arn:aws:iam::444455556666:role/deploy",
         {},
         "default_region",
         "eu-nowhere-1"},
        {"one for clients of another partition",
         "arn:aws:iam::444455556666:role/deploy",
         {},
         "default_region",
         "cn-north-1"},
    };
    fake_host in;
    in.ours.principal_arn = "arn:aws:iam::111122223333:role/hourkey";
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto wanted = prod(r.role.c_str());
        if (r.region) wanted.region = must(aws::region::parse(*r.region));
        if (r.default_region) wanted.default_region = must(aws::region::parse(*r.default_region));
        const auto good = check(wanted, in);
        CHECK(code_of(good) == (r.wrong.empty() ? errc{} : errc::invalid_request));
        if (!good) CHECK(good.error().message.starts_with(r.wrong + " "));
    }
    in.ours = {};
    CHECK(check(prod("arn:aws-cn:iam::444455556666:role/deploy"), in).has_value());
}

TEST_CASE("A connection begins pending, with an external id of ours that it keeps") {
    bench b;
    CHECK(b.row().state == state::pending);
    CHECK(b.row().account_id == aws::account_id::of(prod().role));
    CHECK(b.row().external_id == b.in.ids.front());
    const auto again = must(bench::run(b.links.put(b.admin_asks(), prod("arn:aws:iam::444455556666:role/other"), {})));
    CHECK_FALSE(again.is_created());
    CHECK(b.row().external_id == b.in.ids.front());
    CHECK(b.trail().back().action == model::audit_action::connection_put);
    must(bench::run(b.links.remove(b.admin_asks(), prod().name, {})));
    CHECK(b.trail().back().action == model::audit_action::connection_delete);
    CHECK(code_of(b.verify()) == errc::not_found);
}

TEST_CASE("A verification gives the connection the state that it proves, and one record a session") {
    const struct {
        std::string name;
        kind right, wrong, none;
        state becomes;
        std::size_t records;
    } rows[] = {
        {"good", kind::allowed, kind::refused, kind::refused, state::active, 1},
        {"refused", kind::refused, kind::refused, kind::refused, state::pending, 1},
        {"open without an id", kind::allowed, kind::refused, kind::allowed, state::insecure_trust, 2},
        {"open with any", kind::refused, kind::allowed, kind::allowed, state::insecure_trust, 3},
        {"proves nothing", kind::allowed, kind::inconclusive, kind::refused, state::pending, 2},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        bench b;
        b.probe.right = r.right;
        b.probe.wrong = r.wrong;
        b.probe.none = r.none;
        const auto before = b.trail().size();
        CHECK(must(b.verify()).state == r.becomes);
        CHECK(b.row().state == r.becomes);
        CHECK(b.trail().size() - before == r.records);
        CHECK(b.findings.is_empty());
    }
}

TEST_CASE("When AWS may not be asked nothing is kept") {
    bench b;
    b.probe.right = kind::not_asked;
    const auto before = b.trail().size();
    CHECK(code_of(b.verify()) == errc::rate_limited);
    CHECK(b.trail().size() == before);
}

TEST_CASE("Whoever may no longer ask raises no trust, but what lowers it is stored, and both are on record") {
    bench b;
    b.probe.meanwhile = [&b] { b.revoke_admin(); };
    SUBCASE("raised") {
        CHECK(code_of(b.verify()) == errc::unauthenticated);
        CHECK(b.row().state == state::pending);
        CHECK(b.trail().back().outcome == model::audit_outcome::denied);
    }
    SUBCASE("lowered") {
        b.probe.wrong = kind::allowed;
        CHECK(code_of(b.verify()) == errc::unauthenticated);
        CHECK(b.row().state == state::insecure_trust);
        CHECK(b.findings.is_empty());
    }
}

TEST_CASE("A link that was changed meanwhile inherits no verdict") {
    bench b;
    b.probe.meanwhile = [&b] {
        auto other = b.row();
        other.role_arn = must(aws::role_arn::parse("arn:aws:iam::444455556666:role/other"));
        must(b.store.change([&](store::transaction& tx) { return tx.put_connection(other, {}); }));
    };
    SUBCASE("good") {}
    SUBCASE("bad") { b.probe.none = kind::allowed; }
    CHECK(code_of(b.verify()) == errc::revision_mismatch);
    CHECK(b.row().state == state::pending);
}

TEST_CASE("A finding that cannot be stored holds all the same, and is told") {
    bench b;
    b.probe.wrong = kind::allowed;
    b.probe.meanwhile = [&b] { static_cast<void>(b.store.db->close()); };
    const auto seen = b.verify();
    CHECK_FALSE(seen.has_value());
    CHECK(b.in.unstored == std::vector<state>{state::insecure_trust});
    CHECK_FALSE(b.findings.is_empty());
}

TEST_CASE("What was found before is stored with its records before AWS is asked anew") {
    bench b;
    const finding before{
        .seen = b.row(),
        .state = state::insecure_trust,
        .at = b.store.clock.now(),
        .records = {tenancy::begin_record(
            b.admin_asks(), {.action = model::audit_action::connection_verify, .target = {}}, b.store.clock.now())}};
    b.findings.put_down(b.findings.add(before));
    state while_asking{};
    b.probe.meanwhile = [&] { while_asking = b.row().state; };
    const auto records = b.trail().size();
    CHECK(must(b.verify()).state == state::active);
    CHECK(while_asking == state::insecure_trust);
    CHECK(b.findings.is_empty());
    CHECK(b.trail().size() == records + 2);
}

TEST_CASE("A connection that is a draft, or out of use, is not verified") {
    for (const auto s : {state::draft, state::disabled}) {
        bench b;
        b.become(s);
        CHECK(code_of(b.verify()) == errc::connection_not_ready);
        CHECK(b.row().state == s);
        CHECK_FALSE(b.job(model::job_kind::connection_verify));
    }
}

TEST_CASE("A verification leaves a job while AWS is asked, and takes it away with what it keeps") {
    const struct {
        std::string name;
        kind right, none;
    } rows[] = {
        {"active", kind::allowed, kind::refused},
        {"open", kind::allowed, kind::allowed},
        {"proves nothing", kind::inconclusive, kind::refused},
        {"never asked", kind::not_asked, kind::refused},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        bench b;
        b.probe.right = r.right;
        b.probe.none = r.none;
        std::optional<model::job> seen;
        b.probe.meanwhile = [&] { seen = b.job(model::job_kind::connection_verify); };
        static_cast<void>(b.verify());
        CHECK(seen.has_value() == (r.right != kind::not_asked));
        CHECK_FALSE(b.job(model::job_kind::connection_verify));
    }
}

TEST_CASE("A verification whose end nobody saw is made again by the server, which raises no trust by itself") {
    bench b;
    // As a process leaves it that ends while AWS is asked.
    const auto left = unfinished_verification(b.admin_asks(), prod().name, b.store.clock.now());
    must(b.store.write<model::job>([&](store::transaction& tx) { return tx.put_job(left); }));
    SUBCASE("an open role is found") {
        b.probe.none = kind::allowed;
        CHECK(b.verify_again(model::job_kind::connection_verify)->state == state::insecure_trust);
        CHECK(b.row().state == state::insecure_trust);
    }
    SUBCASE("a good one waits for whoever asks") {
        CHECK(b.verify_again(model::job_kind::connection_verify)->is_proved);
        CHECK(b.row().state == state::pending);
    }
    const auto last = b.trail().back();
    CHECK(last.actor == model::audit_actor::server);
    CHECK_FALSE(last.actor_role);
    CHECK(last.token_id.is_nil());
    CHECK(last.tenant == "acme");
    CHECK(b.row().last_checked_at == b.store.clock.now());
}

TEST_CASE("A connection that is found active is looked at again, within the time that was set") {
    bench b;
    b.in.every = std::chrono::hours(24);
    must(b.verify());
    const auto planned = b.job(model::job_kind::connection_recheck);
    REQUIRE(planned.has_value());
    CHECK(planned->next_at == b.store.clock.now() + std::chrono::hours(24));  // by the fake host's number
    SUBCASE("still good") {
        CHECK(b.verify_again(model::job_kind::connection_recheck)->state == state::active);
        CHECK(b.trail().back().actor == model::audit_actor::server);
    }
    SUBCASE("open by now") {
        b.probe.wrong = kind::allowed;
        CHECK(b.verify_again(model::job_kind::connection_recheck)->state == state::insecure_trust);
        CHECK(b.row().state == state::insecure_trust);
    }
    SUBCASE("refused by now") {
        b.probe.right = kind::refused;
        CHECK(b.verify_again(model::job_kind::connection_recheck)->state == state::broken);
        CHECK(b.row().state == state::broken);
    }
    SUBCASE("proves nothing: it stays what it was") {
        b.probe.right = kind::inconclusive;
        CHECK_FALSE(b.verify_again(model::job_kind::connection_recheck)->is_proved);
        CHECK(b.row().state == state::active);
    }
    SUBCASE("not in use any more") {
        b.become(state::broken);
        CHECK_FALSE(b.verify_again(model::job_kind::connection_recheck));
    }
    SUBCASE("gone") {
        must(bench::run(b.links.remove(b.admin_asks(), prod().name, {})));
        CHECK_FALSE(b.verify_again(model::job_kind::connection_recheck));
    }
}

TEST_CASE("Without a time no look is planned; with one, also at what was in use before") {
    bench b;
    must(b.verify());
    CHECK_FALSE(b.job(model::job_kind::connection_recheck));
    CHECK(must(bench::run(b.links.plan_rechecks())));
    CHECK_FALSE(b.job(model::job_kind::connection_recheck));
    CHECK_FALSE(b.links.next_recheck());
    b.in.every = std::chrono::hours(24);
    CHECK(must(bench::run(b.links.plan_rechecks())));
    CHECK(b.job(model::job_kind::connection_recheck).has_value());
    b.in.every = std::chrono::hours(1);  // a start with another time
    CHECK(must(bench::run(b.links.plan_rechecks())));
    CHECK(b.job(model::job_kind::connection_recheck)->next_at <= b.store.clock.now() + std::chrono::hours(1));
}

TEST_CASE("Looks are spread over the time between them") {
    using namespace std::chrono_literals;
    const auto now = wall_time(1000h);
    for (const std::uint64_t random : {std::uint64_t{0}, std::uint64_t{12'345'678}, ~std::uint64_t{0}}) {
        CAPTURE(random);
        const auto next = next_recheck(now, 24h, random).value();
        CHECK(next >= now + 18h);
        CHECK(next <= now + 24h);
        CHECK(first_recheck(now, 24h, random) >= now);
        CHECK(first_recheck(now, 24h, random) <= now + 24h);
    }
    CHECK(next_recheck(now, 24h, 1) != next_recheck(now, 24h, 2));
    CHECK(next_recheck(now, 1s, ~std::uint64_t{0}).value() > now);
    CHECK_FALSE(next_recheck(now, 0s, 1));
}

}  // namespace hourkey::linking
