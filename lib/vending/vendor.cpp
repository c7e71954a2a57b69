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

failure changed_meanwhile() {
    return failure(errc::connection_not_ready, "The connection or its grant was changed while AWS answered.",
                   "Try again.");
}

/// What must still hold when the record is committed.
struct approved_vend {
    policy::vend_limits wanted;
    policy::vend_terms terms;
    policy::vend_approval first;

    result<> operator()(const model::principal& who, const model::vend_facts& facts, wall_time now) const {
        HK_TRY(const auto again, policy::decide(who, wanted, facts, terms, now));
        if (again.covers(first)) return {};
        return changed_meanwhile();
    }
};

/// The same of what was granted before: nothing that it rested on may be another one now.
struct approved_again {
    approved_vend vend;
    authorisation_revisions rests_on;

    result<> operator()(const model::principal& who, const model::vend_facts& facts, wall_time now) const {
        HK_CHECK(vend(who, facts, now));
        if (revisions_of(facts) == rests_on) return {};
        return changed_meanwhile();
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

task<result<policy::vend_approval>> vendor::approve(const model::principal& who, vend_request& what,
                                                    model::audit_record& record) {
    const policy::vend_terms terms{.default_duration = default_duration_};
    auto approval = decide(who, what.limits, *what.view, terms);
    if (!approval && what.view_is_kept && what.connection) {
        auto anew = co_await store_.read_anew(who, *what.connection);
        if (!anew) co_return audit_unavailable(anew.error().cause);
        what.view = *std::move(anew);
        what.view_is_kept = false;
        approval = decide(who, what.limits, *what.view, terms);
    }
    // A row whose seal is broken is a refusal with a record; a store that does not answer leaves none.
    if (!approval && is_of_store(approval.error().code)) co_return audit_unavailable(approval.error().cause);
    if (!approval) co_return co_await end_without(std::move(record), std::move(approval).error());
    co_return approval;
}

task<result<>> vendor::check(model::principal who, vend_request what) {
    auto record = begin_record(who, what, clock_.now());
    HK_CO_CHECK(co_await approve(who, what, record));
    co_return result<>{};
}

task<result<vended>> vendor::vend(model::principal who, vend_request what, deadline until) {
    auto record = begin_record(who, what, clock_.now());
    auto approval = co_await approve(who, what, record);
    if (!approval) co_return std::move(approval).error();
    co_return co_await assume(std::move(who), std::move(what), std::move(record), *std::move(approval), until);
}

task<result<vended>> vendor::vend_or_reissue(model::principal who, vend_request what, deadline until,
                                             held_vends& held) {
    auto record = begin_record(who, what, clock_.now());
    auto approval = co_await approve(who, what, record);
    if (!approval) co_return std::move(approval).error();
    const held_vends::key key{.tenant = who.tenant_id, .token = who.id, .connection = *what.connection};
    const auto rests_on = revisions_of(*what.view->facts);
    if (auto known = held.find(key, clock_.steady_now());
        known && known->rests_on == rests_on && known->approval == *approval)
        co_return co_await reissue(std::move(who), what, std::move(record), *std::move(known));
    auto first = *approval;
    auto out = co_await assume(std::move(who), std::move(what), std::move(record), *std::move(approval), until);
    if (out) {
        held_vend kept{.what = clone(*out), .approval = std::move(first), .rests_on = rests_on};
        held.put(key, std::move(kept), clock_.steady_now());
    }
    co_return out;
}

task<result<vended>> vendor::reissue(model::principal who, const vend_request& what, model::audit_record record,
                                     held_vend known) {
    auto& session = known.what.session;
    record.outcome = model::audit_outcome::reissued;
    record.role_arn = known.what.role_arn.str();
    record.detail.context.filled(model::audit_field::region, text_or_empty(known.approval.region));
    record.session_name = known.what.session_name;
    record.requested_seconds = static_cast<std::uint32_t>(session.duration.count());
    record.access_key_id = session.access_key_id;
    record.sts_request_id = session.sts_request_id;
    record.expiration = session.expiration;
    const auto rests_until = first_end(who, *what.view->facts);
    approved_vend first{
        .wanted = what.limits, .terms = {.default_duration = default_duration_}, .first = std::move(known.approval)};
    approved_again again{.vend = std::move(first), .rests_on = known.rests_on};
    vend_store::authorization_basis under{
        .seen = what.view->seen, .until = rests_until, .decide_again = std::move(again)};
    auto committed = co_await store_.commit(std::move(who), std::move(record), std::move(under));
    if (!committed) co_return std::move(committed).error();
    co_return std::move(known.what);
}

task<result<vended>> vendor::assume(model::principal who, vend_request what, model::audit_record record,
                                    policy::vend_approval approval, deadline until) {
    auto name = session_name_of(who, what.request_id);
    if (!name) co_return co_await end_without(std::move(record), std::move(name).error());
    record.role_arn = approval.role_arn.str();
    record.detail.context.filled(model::audit_field::region, text_or_empty(approval.region));
    record.session_name = name->str();
    record.requested_seconds = static_cast<std::uint32_t>(approval.duration.count());

    const auto& connection = *what.view->facts->connection;
    role_session_request request{.role = approval.role_arn,
                                 .name = *std::move(name),
                                 .external_id = approval.external_id,
                                 .region = approval.region,
                                 .duration = approval.duration,
                                 .least = what.limits.min_ttl.value_or(std::chrono::seconds{0}),
                                 .trust_has_settled = has_settled(connection, clock_.now())};
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
               .role_arn = approval.role_arn,
               .session_name = record.session_name,
               .default_region = connection.default_region};
    out.capped_by_chaining = out.session.duration < approval.duration;

    record.outcome = model::audit_outcome::granted;
    record.time = clock_.now();
    const auto rests_until = first_end(who, *what.view->facts);
    approved_vend again{
        .wanted = what.limits, .terms = {.default_duration = default_duration_}, .first = std::move(approval)};
    vend_store::authorization_basis under{
        .seen = what.view->seen, .until = rests_until, .decide_again = std::move(again)};
    auto committed = co_await store_.commit(std::move(who), std::move(record), std::move(under));
    if (!committed) co_return std::move(committed).error();
    co_return out;
}

}  // namespace hourkey::vending
