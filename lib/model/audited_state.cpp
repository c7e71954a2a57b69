#include "model/audited_state.hpp"

#include "core/text_or_empty.hpp"

namespace hourkey::model {
namespace {

using field = audit_field;

}  // namespace

audit_fields audited_state(const tenant& t) {
    audit_fields out;
    out.text(field::id, t.id.str()).text(field::name, t.name.str()).time(field::created_at, t.created_at);
    return out;
}

audit_fields audited_state(const app& a) {
    audit_fields out;
    out.text(field::name, a.name.str()).time(field::created_at, a.created_at);
    return out;
}

audit_fields audited_state(const connection& c) {
    audit_fields out;
    out.text(field::name, c.name.str())
        .text(field::kind, to_text(c.kind))
        .text(field::state, to_text(c.state))
        .filled(field::role_arn, text_or_empty(c.role_arn))
        .filled(field::region, text_or_empty(c.region))
        .filled(field::default_region, text_or_empty(c.default_region));
    out.text(field::external_id, c.external_id.str()).filled(field::capabilities, c.capabilities.str());
    // Left out of what shares nothing, so that what is on record from before it was a field is still what is there.
    if (c.sharing != session_sharing::none) out.text(field::session_sharing, to_text(c.sharing));
    out.time(field::created_at, c.created_at);
    return out;
}

audit_fields audited_state(const grant& g) {
    audit_fields out;
    out.text(field::app, g.app ? std::string_view(g.app->str()) : "*").text(field::connection, g.connection.str());
    if (g.max_duration) out.integer(field::max_duration_seconds, g.max_duration->count());
    out.filled(field::reason, g.reason).time(field::created_at, g.created_at).time(field::expires_at, g.expires_at);
    return out;
}

audit_fields audited_state(const token& t) {
    audit_fields out;
    out.text(field::id, t.id.str()).text(field::role, to_text(t.role));
    if (t.app) out.text(field::app, t.app->str());
    if (t.stage) out.text(field::stage, t.stage->str());
    out.time(field::created_at, t.created_at)
        .time(field::expires_at, t.expires_at)
        .time(field::revoked_at, t.revoked_at);
    return out;
}

}  // namespace hourkey::model
