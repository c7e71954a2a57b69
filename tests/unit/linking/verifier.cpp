#include "linking/verifier.hpp"

#include "linking/trust_policy.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <vector>

namespace hourkey::linking {
namespace {

using kind = probe_result::kind;
using state = model::connection_state;

const auto right_id = *aws::external_id::parse("hk-right"), wrong_id = *aws::external_id::parse("hk-wrong");
const std::string principal = "arn:aws:iam::111122223333:role/hourkey/server";

model::connection connection_in(state s, bool verified_before) {
    model::connection c{.tenant_id = {},
                        .name = *connection_name::parse("prod"),
                        .state = s,
                        .role_arn = *aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy"),
                        .account_id = *aws::account_id::parse("444455556666"),
                        .region = {},
                        .external_id = right_id,
                        .created_at = {},
                        .verified_at = {},
                        .revision = 3};
    if (verified_before) c.verified_at = wall_time{};
    return c;
}

probe_result allowed(std::optional<std::string_view> account = "444455556666") {
    probe_result p{.ended = kind::allowed, .why = {}, .account_id = {}};
    if (account) p.account_id = *aws::account_id::parse(*account);
    return p;
}
probe_result refused() {
    probe_result p{.ended = kind::refused, .why = failure(errc::trust_refused), .account_id = {}};
    p.why->aws = aws_detail{.code = "AccessDenied", .request_id = "r-1", .region = "us-east-1"};
    return p;
}
probe_result unclear() { return {.ended = kind::inconclusive, .why = failure(errc::sts_throttled), .account_id = {}}; }

TEST_CASE("a connection becomes what the three calls prove, and nothing more") {
    struct row {
        const char* name;
        bool verified_before;
        probe_result right, wrong, none;
        std::optional<state> becomes;
        std::vector<step_state> steps;  ///< assume_role, account, wrong_external_id, no_external_id
    };
    using enum step_state;
    const std::vector<row> rows{
        {"opens for the right id only",
         false,
         allowed(),
         refused(),
         refused(),
         state::active,
         {pass, pass, pass, pass}},
        {"opens for a wrong id",
         false,
         allowed(),
         allowed(),
         refused(),
         state::insecure_trust,
         {pass, pass, fail, pass}},
        {"opens without an id",
         false,
         allowed(),
         refused(),
         allowed(),
         state::insecure_trust,
         {pass, pass, pass, fail}},
        {"refuses the right id but opens without",
         false,
         refused(),
         refused(),
         allowed(),
         state::insecure_trust,
         {fail, skipped, pass, fail}},
        {"never verified and refused",
         false,
         refused(),
         refused(),
         refused(),
         state::pending,
         {fail, skipped, pass, pass}},
        {"verified once and refused",
         true,
         refused(),
         refused(),
         refused(),
         state::broken,
         {fail, skipped, pass, pass}},
        {"another account",
         false,
         allowed("999999999999"),
         refused(),
         refused(),
         state::pending,
         {pass, fail, pass, pass}},
        {"another account than before",
         true,
         allowed("999999999999"),
         refused(),
         refused(),
         state::broken,
         {pass, fail, pass, pass}},
        {"the identity call failed",
         false,
         allowed(std::nullopt),
         refused(),
         refused(),
         std::nullopt,
         {pass, warn, pass, pass}},
        {"the first call was throttled",
         true,
         unclear(),
         refused(),
         refused(),
         std::nullopt,
         {warn, skipped, pass, pass}},
        {"the wrong id was throttled: proves nothing",
         false,
         allowed(),
         unclear(),
         refused(),
         std::nullopt,
         {pass, pass, warn, pass}},
        {"no id was throttled: proves nothing",
         false,
         allowed(),
         refused(),
         unclear(),
         std::nullopt,
         {pass, pass, pass, warn}},
        {"all throttled", true, unclear(), unclear(), unclear(), std::nullopt, {warn, skipped, warn, warn}},
        {"throttled, yet open without an id",
         true,
         unclear(),
         unclear(),
         allowed(),
         state::insecure_trust,
         {warn, skipped, warn, fail}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        const auto v = judge(connection_in(state::pending, r.verified_before), principal, r.right, r.wrong, r.none);
        CHECK(v.state == r.becomes);
        REQUIRE(v.steps.size() == r.steps.size());
        for (std::size_t i = 0; i < r.steps.size(); ++i) {
            CAPTURE(v.steps[i].id);
            CHECK(v.steps[i].state == r.steps[i]);
            const bool says_something = v.steps[i].state == fail || v.steps[i].state == warn;
            CHECK(says_something == !v.steps[i].cause.empty());
            CHECK(says_something == !v.steps[i].fix.empty());
        }
    }
}

model::principal asker() {
    model::principal c;
    c.role = model::role::admin;
    c.id = *ulid::parse("01M80WMZTQ80AW5D6VGHWXBW9Q");
    return c;
}

/// Answers by external id and remembers what it was asked.
class scripted_probe final : public trust_probe {
public:
    std::vector<std::optional<aws::external_id>> asked;
    std::vector<std::string> names;
    bool is_shut = false;
    task<probe_result> assume(probe_request request, deadline) override {
        CHECK(request.then_identify == (request.external_id == request.connection.external_id));
        CHECK(request.who.id == asker().id);
        asked.push_back(request.external_id);
        names.push_back(request.session_name.str());
        if (is_shut)
            co_return probe_result{.ended = kind::not_asked, .why = failure(errc::rate_limited), .account_id = {}};
        co_return request.external_id == request.connection.external_id ? allowed() : refused();
    }
};

verification verify_with(scripted_probe& probe, model::connection c = connection_in(state::pending, false)) {
    boost::asio::io_context io;
    std::optional<verification> out;
    verification_request request{.who = asker(),
                                 .connection = std::move(c),
                                 .principal_arn = principal,
                                 .wrong_external_id = wrong_id,
                                 .request = *ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV")};
    boost::asio::co_spawn(io, verify(std::move(request), probe, deadline(steady_time::max())),
                          [&](const std::exception_ptr& e, verification v) {
                              CHECK_FALSE(e);
                              out = std::move(v);
                          });
    io.run();
    return *std::move(out);
}

TEST_CASE("a verification calls with the right, a wrong and no external id, in sessions that can be told apart") {
    scripted_probe probe;
    const auto out = verify_with(probe);
    CHECK(out.state == state::active);
    CHECK(probe.asked == std::vector<std::optional<aws::external_id>>{right_id, wrong_id, std::nullopt});
    CHECK(probe.names == std::vector<std::string>{"hourkey-verify.TSV4RRFFQ69G5FAV.right",
                                                  "hourkey-verify.TSV4RRFFQ69G5FAV.wrong",
                                                  "hourkey-verify.TSV4RRFFQ69G5FAV.none"});
    REQUIRE(out.probes.size() == 3);
    CHECK(out.probes[0].ended == kind::allowed);
    CHECK(out.probes[2].ended == kind::refused);
}

TEST_CASE("an open role stays one until both negative calls are refused") {
    const probe_result unclear{.ended = kind::inconclusive, .why = failure(errc::sts_throttled), .account_id = {}};
    const struct {
        std::string name;
        probe_result right, wrong, none;
        std::optional<state> becomes;
    } rows[] = {
        {"refused, and nothing else is known", refused(), unclear, unclear, {}},
        {"one is still unclear", refused(), refused(), unclear, {}},
        {"good, but one is unclear", allowed(), unclear, refused(), {}},
        {"shut to all", refused(), refused(), refused(), state::broken},
        {"mended", allowed(), refused(), refused(), state::active},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(judge(connection_in(state::insecure_trust, true), principal, r.right, r.wrong, r.none).state ==
              r.becomes);
    }
}

TEST_CASE("when the first session may not be asked for, nothing is") {
    scripted_probe probe;
    probe.is_shut = true;
    const auto out = verify_with(probe);
    CHECK(probe.asked.size() == 1);
    CHECK_FALSE(out.state);
    CHECK(out.steps.empty());
    REQUIRE(out.probes.size() == 1);
    CHECK(out.probes[0].why->code == errc::rate_limited);
}

TEST_CASE("a draft has no role that could be asked for") {
    scripted_probe probe;
    auto draft = connection_in(state::draft, false);
    draft.role_arn.reset();
    const auto out = verify_with(probe, draft);
    CHECK(probe.asked.empty());
    CHECK_FALSE(out.state);
    CHECK(out.steps.empty());
    REQUIRE(out.probes.size() == 1);
    CHECK(out.probes[0].why->code == errc::connection_not_ready);
}

TEST_CASE("no trust policy is told before it is known whom it has to name") {
    const auto told = [](const std::string& who) {
        return judge(connection_in(state::pending, false), who, refused(), refused(), refused()).steps.front().fix;
    };
    CHECK(told(principal).find(trust_policy(principal, right_id)) != std::string::npos);
    CHECK(told("").find("aws.principal_arn") != std::string::npos);
    CHECK(told("").find("Statement") == std::string::npos);
}

TEST_CASE("AccessDenied to GetCallerIdentity is not taken for the role's") {
    auto right = allowed(std::nullopt);
    right.why = refused().why;
    const auto step = judge(connection_in(state::pending, false), principal, right, refused(), refused()).steps[1];
    CHECK(step.state == step_state::warn);
    CHECK(step.cause.find("assume") == std::string::npos);
    CHECK(step.fix.find("VPC endpoint") != std::string::npos);
}

}  // namespace
}  // namespace hourkey::linking
