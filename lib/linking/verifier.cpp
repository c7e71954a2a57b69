#include "linking/verifier.hpp"

#include "core/text_or_empty.hpp"
#include "linking/trust_policy.hpp"

#include <array>

namespace hourkey::linking {
namespace {

using kind = probe_result::kind;

std::string cause_of(const probe_result& p) {
    if (!p.why) return {};
    std::string text(p.why->text());
    if (p.why->aws && !p.why->aws->code.empty())
        text += " (AWS: " + p.why->aws->code + ", request " + p.why->aws->request_id + ")";
    return text;
}

std::string trust_fix(const model::connection& c, const std::string& principal_arn) {
    if (principal_arn.empty())
        return "hourkey does not know its own ARN yet, which the trust policy has to name: verify again, or have the "
               "operator set aws.principal_arn.";
    return "Give the role " + std::string(text_or_empty(c.role_arn)) +
           " this trust policy: " + trust_policy(principal_arn, c.external_id) +
           " A role made within the last minute may not be known everywhere yet: verify again.";
}

step judge_right(const model::connection& c, const std::string& principal_arn, const probe_result& p) {
    step s{.id = "assume_role", .state = step_state::pass, .cause = {}, .fix = {}};
    if (p.ended == kind::allowed) return s;
    s.state = p.ended == kind::refused ? step_state::fail : step_state::warn;
    s.cause = cause_of(p);
    s.fix = p.ended == kind::refused ? trust_fix(c, principal_arn)
                                     : (p.why && !p.why->hint.empty() ? p.why->hint : "Verify again.");
    return s;
}

step judge_identity(const model::connection& c, const probe_result& p) {
    step s{.id = "account", .state = step_state::skipped, .cause = {}, .fix = {}};
    if (p.ended != kind::allowed) return s;
    if (p.account_id == c.account_id) {
        s.state = step_state::pass;
    } else if (p.account_id) {
        s.state = step_state::fail;
        s.cause = "The credentials belong to account " + std::string(p.account_id->str()) + ", the role ARN names " +
                  std::string(text_or_empty(c.account_id)) + ".";
        s.fix = "Check the role ARN and the STS endpoint.";
    } else if (p.why && p.why->code == errc::trust_refused) {
        s.state = step_state::warn;
        s.cause = "AWS refused GetCallerIdentity with the result.";
        s.fix =
            "No IAM policy can deny that call: let it through in the policy of the VPC endpoint to STS, and verify "
            "again.";
    } else {
        s.state = step_state::warn;
        s.cause = "GetCallerIdentity with the result did not answer: " + cause_of(p);
        s.fix = "Verify again.";
    }
    return s;
}

step judge_negative(std::string_view id, std::string_view what, const model::connection& c,
                    const std::string& principal_arn, const probe_result& p) {
    step s{.id = id, .state = step_state::pass, .cause = {}, .fix = {}};
    if (p.ended == kind::refused) return s;
    if (p.ended == kind::allowed) {
        s.state = step_state::fail;
        s.cause = "The role can be assumed with " + std::string(what) +
                  ": anyone who knows its ARN could reach it through another customer of hourkey.";
        s.fix = trust_fix(c, principal_arn);
    } else {
        s.state = step_state::warn;
        s.cause = "Inconclusive: " + cause_of(p);
        s.fix = "Verify again.";
    }
    return s;
}

verification not_asked(probe_result first) {
    verification shut;
    shut.probes.push_back(std::move(first));
    return shut;
}

probe_result without_role() {
    failure draft(errc::connection_not_ready, "The connection is a draft: it has no role yet.",
                  "Name the role first: PUT /v1/tenants/{tenant}/connections/{connection}");
    return {.ended = kind::not_asked, .why = std::move(draft), .account_id = {}};
}

}  // namespace

std::string_view to_text(step_state s) noexcept {
    constexpr std::array<std::string_view, 4> names{"pass", "fail", "warn", "skipped"};
    return names[static_cast<std::size_t>(s)];
}

verification judge(const model::connection& c, const std::string& principal_arn, const probe_result& right,
                   const probe_result& wrong, const probe_result& none) {
    verification v;
    v.steps.push_back(judge_right(c, principal_arn, right));
    v.steps.push_back(judge_identity(c, right));
    v.steps.push_back(judge_negative("wrong_external_id", "a wrong external id", c, principal_arn, wrong));
    v.steps.push_back(judge_negative("no_external_id", "no external id", c, principal_arn, none));

    const bool account_matches = v.steps[1].state == step_state::pass;
    const bool account_differs = v.steps[1].state == step_state::fail;
    const bool is_shut = wrong.ended == kind::refused && none.ended == kind::refused;
    if (wrong.ended == kind::allowed || none.ended == kind::allowed) {
        v.state = model::connection_state::insecure_trust;
    } else if (c.state == model::connection_state::insecure_trust && !is_shut) {
        return v;  // nothing has proved that the role asks for an external id now
    } else if (right.ended == kind::refused || account_differs) {
        v.state = c.verified_at ? model::connection_state::broken : model::connection_state::pending;
    } else if (right.ended == kind::allowed && account_matches && is_shut) {
        v.state = model::connection_state::active;
    }
    return v;
}

task<verification> verify(verification_request request, trust_probe& probe, deadline until) {
    const auto probe_for = [&request](std::optional<aws::external_id> external_id, std::string_view ending,
                                      bool then_identify) {
        return probe_request{.who = request.who,
                             .connection = request.connection,
                             .external_id = std::move(external_id),
                             .session_name = aws::make_verification_name(request.request, ending),
                             .then_identify = then_identify};
    };
    if (!request.connection.role_arn) co_return not_asked(without_role());
    auto asked = probe_for(request.connection.external_id, "right", true);
    auto right = co_await probe.assume(std::move(asked), until);
    if (right.ended == kind::not_asked) co_return not_asked(std::move(right));
    asked = probe_for(request.wrong_external_id, "wrong", false);
    auto wrong = co_await probe.assume(std::move(asked), until);
    asked = probe_for(std::nullopt, "none", false);
    auto none = co_await probe.assume(std::move(asked), until);
    auto out = judge(request.connection, request.principal_arn, right, wrong, none);
    out.probes.push_back(std::move(right));
    out.probes.push_back(std::move(wrong));
    out.probes.push_back(std::move(none));
    co_return out;
}

}  // namespace hourkey::linking
