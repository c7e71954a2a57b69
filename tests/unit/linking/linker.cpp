#include "linking/linker.hpp"

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
    mutable std::vector<std::string> ids;
    mutable std::vector<state> unstored;

    own_identity identity() const override { return ours; }
    bool knows_region(std::string_view region) const override { return region != "eu-nowhere-1"; }
    std::string make_external_id() const override { return ids.emplace_back(crypto::make_external_id()); }
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
        out.session_name = request.session_name;
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
    } rows[] = {
        {"a role", "arn:aws:iam::444455556666:role/deploy", {}, ""},
        {"with a region", "arn:aws:iam::444455556666:role/deploy", "eu-west-1", ""},
        {"another partition", "arn:aws-cn:iam::444455556666:role/deploy", {}, "role_arn"},
        {"hourkey itself", "arn:aws:iam::111122223333:role/hourkey", {}, "role_arn"},
        {"no region", "arn:aws:iam::444455556666:role/deploy", "Ireland", "region"},
        {"a region that AWS has not", "arn:aws:iam::444455556666:role/deploy", "eu-nowhere-1", "region"},
        {"a region of another partition", "arn:aws:iam::444455556666:role/deploy", "cn-north-1", "region"},
    };
    fake_host in;
    in.ours.principal_arn = "arn:aws:iam::111122223333:role/hourkey";
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto wanted = prod(r.role.c_str());
        wanted.region = r.region;
        const auto good = check(wanted, in);
        CHECK(code_of(good) == (r.wrong.empty() ? errc{} : errc::invalid_request));
        if (!good) CHECK(good.error().message.find(r.wrong) != std::string::npos);
    }
    in.ours = {};
    CHECK(check(prod("arn:aws-cn:iam::444455556666:role/deploy"), in).has_value());
}

TEST_CASE("A connection begins pending, with an external id of ours that it keeps") {
    bench b;
    CHECK(b.row().state == state::pending);
    CHECK(b.row().account_id == "444455556666");
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
        other.role_arn = "arn:aws:iam::444455556666:role/other";
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

}  // namespace hourkey::linking
