#include "policy/vend_decision.hpp"

#include <algorithm>
#include <string>

namespace hourkey::policy {
namespace {

std::string seconds_text(std::chrono::seconds s) { return std::to_string(s.count()); }

bool is_live(const std::optional<model::grant>& g, wall_time now) {
    return g && (!g->expires_at || now < *g->expires_at);
}

failure not_allowed() {
    return failure(errc::app_not_allowed, {},
                   "Check the connection's name, and ask an admin of the tenant to grant it to app '{app}': "
                   "PUT /v1/tenants/{tenant}/connections/{connection}/grants/{app}");
}

failure not_ready(const model::connection& c) {
    const std::string verify_path = "POST /v1/tenants/{tenant}/connections/{connection}/verify";
    switch (c.role_arn ? c.state : model::connection_state::draft) {
        case model::connection_state::draft:
            return failure(errc::connection_not_ready, "The connection is a draft: it has no role yet.",
                           "An admin of the tenant names the role: PUT /v1/tenants/{tenant}/connections/{connection}");
        case model::connection_state::disabled:
            return failure(errc::connection_not_ready, "The connection is disabled.",
                           "An admin of the tenant enables it again, or you use another connection.");
        case model::connection_state::pending:
            return failure(errc::connection_not_ready, "The connection is pending: it has not been verified yet.",
                           "An admin of the tenant verifies it: " + verify_path);
        case model::connection_state::insecure_trust:
            return failure(errc::connection_not_ready,
                           "The role of this connection can be assumed without its external id, so it never vends.",
                           "Require the external id in the role's trust policy (condition sts:ExternalId), then verify "
                           "the connection again: " +
                               verify_path);
        case model::connection_state::broken:
        case model::connection_state::degraded:
        case model::connection_state::active: break;
    }
    return failure(errc::connection_not_ready, "AWS refused this connection's role when it was last verified.",
                   "Mend the role's trust policy, then verify the connection again: " + verify_path);
}

}  // namespace

result<> check(const vend_limits& wanted) {
    if (wanted.duration && !aws::is_session_duration(*wanted.duration))
        return failure(errc::duration_out_of_range,
                       "duration_seconds must be 900 to 43200; it is " + seconds_text(*wanted.duration) + ".",
                       "Ask for 900 to 3600 seconds; more takes a grant that allows it, and an IAM user as hourkey's "
                       "own AWS identity.");
    if (wanted.min_ttl && (*wanted.min_ttl < std::chrono::seconds{0} || *wanted.min_ttl > aws::longest_session))
        return failure(errc::invalid_request,
                       "min_ttl_seconds must be 0 to 43200; it is " + seconds_text(*wanted.min_ttl) + ".",
                       "Leave it out, or ask for what the job needs.");
    return {};
}

bool vend_approval::covers(const vend_approval& first) const {
    auto as_first = *this;
    as_first.duration = std::min(duration, first.duration);
    return as_first == first;
}

result<vend_approval> decide(const model::principal& who, const vend_limits& wanted, const model::vend_facts& facts,
                             const vend_terms& terms, wall_time now) {
    if (who.role != model::role::app || !who.app)
        return failure(
            errc::role_not_allowed,
            "Only an app's token fetches credentials; this is a token of role " + std::string(to_text(who.role)) + ".",
            "Use a token of role app.");
    HK_CHECK(check(wanted));

    const bool has_app_grant = is_live(facts.app_grant, now);
    if (!facts.connection || (!has_app_grant && !is_live(facts.any_grant, now))) return not_allowed();
    const auto& grant = has_app_grant ? *facts.app_grant : *facts.any_grant;
    if (!may_vend(facts.connection->state) || !facts.connection->role_arn) return not_ready(*facts.connection);

    if (wanted.role_arn && *wanted.role_arn != facts.connection->role_arn->str())
        return invalid_field("role_arn", "is not the role of this connection",
                             "Leave it out: the connection says which role it is.");

    const auto most = grant.max_duration.value_or(terms.default_duration);
    if (wanted.duration && *wanted.duration > most && wanted.beyond_grant == vend_limits::too_long::refused)
        return failure(
            errc::duration_out_of_range,
            "duration_seconds is " + seconds_text(*wanted.duration) + ", and the grant allows at most " +
                seconds_text(most) + ".",
            "Ask for less, or leave duration_seconds out. An admin allows longer by max_duration_seconds of the grant: "
            "PUT /v1/tenants/{tenant}/connections/{connection}/grants/{app}");
    vend_approval approval{.duration = std::min(wanted.duration.value_or(terms.default_duration), most),
                           .role_arn = *facts.connection->role_arn,
                           .external_id = facts.connection->external_id,
                           .region = facts.connection->region};
    if (wanted.min_ttl && *wanted.min_ttl > approval.duration)
        return failure(errc::min_ttl_unmet,
                       "The credentials would live " + seconds_text(approval.duration) +
                           " s, and min_ttl_seconds asks for " + seconds_text(*wanted.min_ttl) + ".",
                       "Ask for a longer duration_seconds or a smaller min_ttl_seconds.");
    return approval;
}

}  // namespace hourkey::policy
