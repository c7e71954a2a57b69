#include "vending/vendor.hpp"

#include "core/text_or_empty.hpp"

#include <algorithm>

namespace hourkey::vending {
namespace {

failure audit_unavailable(std::string why) {
    return failure(errc::audit_unavailable, {},
                   "Try again; if it lasts, the operator should look at the server's disk and /readyz.",
                   std::move(why));
}

/// The gate was shut: AWS made nothing that would have to be recorded, and what cannot be recorded is not.
bool was_not_asked(errc code) { return code == errc::audit_unavailable || code == errc::rate_limited; }

wall_time first_end(const model::principal& who, const model::vend_facts& facts) {
    auto end = who.until;
    for (const auto* g : {&facts.app_grant, &facts.any_grant})
        if (*g && (*g)->expires_at) end = std::min(end, *(*g)->expires_at);
    return end;
}

/// An app's, by which CloudTrail tells whose the session is.
result<aws::session_name> session_name_of(const model::principal& who, const std::string& request_id) {
    HK_TRY(const auto request, ulid::parse(request_id));
    if (!who.tenant || !who.app) return failure(errc::internal);
    return aws::make_session_name(*who.tenant, *who.app, request);
}

/// What must still hold when the record is committed.
struct approved_vend {
    policy::vend_limits wanted;
    policy::vend_terms terms;
    policy::vend_approval first;

    result<> operator()(const model::principal& who, const model::vend_facts& facts, wall_time now) const {
        HK_TRY(const auto again, policy::decide(who, wanted, facts, terms, now));
        if (again.covers(first)) return {};
        return failure(errc::connection_not_ready, "The connection or its grant was changed while AWS answered.",
                       "Try again.");
    }
};

}  // namespace

vendor::vendor(vend_store& store, role_assumer& assumer, std::chrono::seconds default_duration,
               const clock_source& clock)
    : store_(store), assumer_(assumer), default_duration_(default_duration), clock_(clock) {}

model::audit_record begin_record(const model::principal& who, const vend_request& what, wall_time now) {
    model::audit_record record;
    record.time = now;
    record.request_id = what.request_id;
    record.action = model::audit_action::vend;
    record.tenant_id = who.tenant_id;
    if (who.tenant) record.tenant = who.tenant->str();
    if (who.app) record.app = who.app->str();
    record.actor = who.kind;
    record.actor_role = who.role;
    record.token_id = who.id;
    record.client_address = what.client_address;
    if (who.stage) record.detail.context.text(model::audit_field::stage, who.stage->str());
    if (what.connection) record.connection = what.connection->str();
    if (what.limits.duration && *what.limits.duration > std::chrono::seconds{0})
        record.requested_seconds = static_cast<std::uint32_t>(what.limits.duration->count());
    return record;
}

task<failure> vendor::end_without(model::audit_record record, failure why) {
    record.outcome = is_denial(why.code) ? model::audit_outcome::denied : model::audit_outcome::error;
    record.reason = describe(why.code).api;
    if (why.aws) {
        record.aws_code = why.aws->code;
        if (record.sts_request_id.empty()) record.sts_request_id = why.aws->request_id;
    }
    const auto committed = co_await store_.commit(std::move(record));
    // An answer without its record is never given, not even a refusal.
    if (!committed) co_return audit_unavailable(committed.error().cause);
    co_return why;
}

result<policy::vend_approval> vendor::decide(const model::principal& who, const policy::vend_limits& wanted,
                                             const model::vend_view& view, const policy::vend_terms& terms) const {
    if (!view.facts) return view.facts.error();
    return policy::decide(who, wanted, *view.facts, terms, clock_.now());
}

task<result<vended>> vendor::vend(model::principal who, vend_request what, deadline until) {
    auto record = begin_record(who, what, clock_.now());
    const policy::vend_terms terms{.default_duration = default_duration_};

    auto view = std::move(what.view);
    auto approval = decide(who, what.limits, *view, terms);
    if (!approval && what.view_is_kept && what.connection) {
        auto anew = co_await store_.read_anew(who, *what.connection);
        if (!anew) co_return audit_unavailable(anew.error().cause);
        view = *std::move(anew);
        approval = decide(who, what.limits, *view, terms);
    }
    // A row whose seal is broken is a refusal with a record; a store that does not answer leaves none.
    if (!approval && is_of_store(approval.error().code)) co_return audit_unavailable(approval.error().cause);
    if (!approval) co_return co_await end_without(std::move(record), std::move(approval).error());
    auto name = session_name_of(who, what.request_id);
    if (!name) co_return co_await end_without(std::move(record), std::move(name).error());
    record.role_arn = approval->role_arn.str();
    record.detail.context.filled(model::audit_field::region, text_or_empty(approval->region));
    record.session_name = name->str();
    record.requested_seconds = static_cast<std::uint32_t>(approval->duration.count());

    role_session_request request{.role = approval->role_arn,
                                 .name = *std::move(name),
                                 .external_id = approval->external_id,
                                 .region = approval->region,
                                 .duration = approval->duration,
                                 .least = what.limits.min_ttl.value_or(std::chrono::seconds{0}),
                                 .trust_has_settled = has_settled(*view->facts->connection, clock_.now())};
    auto session = co_await assumer_.assume(who, std::move(request), until);
    if (!session && was_not_asked(session.error().code)) co_return std::move(session).error();
    if (!session) co_return co_await end_without(std::move(record), std::move(session).error());
    record.requested_seconds = static_cast<std::uint32_t>(session->duration.count());
    record.access_key_id = session->access_key_id;
    record.sts_request_id = session->sts_request_id;
    record.expiration = session->expiration;

    if (what.limits.min_ttl && session->life + ttl_tolerance < *what.limits.min_ttl) {
        failure too_short(errc::min_ttl_unmet, "AWS gave a session that ends before min_ttl_seconds have passed.",
                          "Raise the role's MaxSessionDuration or ask for less.");
        co_return co_await end_without(std::move(record), std::move(too_short));
    }

    vended out{.session = *std::move(session),
               .role_arn = approval->role_arn,
               .default_region = view->facts->connection->default_region};
    out.capped_by_chaining = out.session.duration < approval->duration;

    record.outcome = model::audit_outcome::granted;
    record.time = clock_.now();
    const auto rests_until = first_end(who, *view->facts);
    approved_vend again{.wanted = what.limits, .terms = terms, .first = *std::move(approval)};
    vend_store::authorization_basis under{.seen = view->seen, .until = rests_until, .decide_again = std::move(again)};
    auto committed = co_await store_.commit(std::move(who), std::move(record), std::move(under));
    if (!committed) co_return std::move(committed).error();
    co_return out;
}

}  // namespace hourkey::vending
