#include "server/adapters/audit_json.hpp"

#include "core/time_text.hpp"

namespace hourkey::server {
namespace {

void write_filled(json::writer& w, std::string_view name, const std::string& value) {
    if (!value.empty()) w.string(name, value);
}

void write_fields(json::writer& w, std::string_view name, const model::audit_fields& fields) {
    if (fields.empty()) return;
    w.key(name).begin_object();
    for (const auto& e : fields.entries()) {
        if (const auto* text = std::get_if<std::string>(&e.is)) {
            w.string(to_text(e.field), *text);
        } else if (const auto* number = std::get_if<std::int64_t>(&e.is)) {
            w.integer(to_text(e.field), *number);
        } else {
            w.string(to_text(e.field), to_rfc3339(std::get<wall_time>(e.is)));
        }
    }
    w.end_object();
}

}  // namespace

void write_audit_fields(json::writer& w, const model::audit_record& r) {
    w.string("time", to_rfc3339(r.time));
    w.string("action", to_text(r.action)).string("outcome", to_text(r.outcome));
    write_filled(w, "reason", r.reason);
    write_filled(w, "app", r.app);
    write_filled(w, "connection", r.connection);
    write_filled(w, "access_key_id", r.access_key_id);
    write_filled(w, "sts_request_id", r.sts_request_id);
    write_filled(w, "session_name", r.session_name);
    write_filled(w, "role_arn", r.role_arn);
    write_filled(w, "aws_code", r.aws_code);
    if (r.requested_seconds != 0) w.integer("requested_seconds", r.requested_seconds);
    if (r.expiration) w.string("expiration", to_rfc3339(*r.expiration));
    write_filled(w, "target", r.target);
    write_fields(w, "before", r.detail.before);
    write_fields(w, "after", r.detail.after);
    write_fields(w, "context", r.detail.context);
    if (r.count != 1) w.integer("count", static_cast<std::int64_t>(r.count));
    w.string("actor", to_text(r.actor));
    if (r.actor_role) w.string("actor_role", to_text(*r.actor_role));
    if (!r.token_id.is_nil()) w.string("token_id", r.token_id.str());
    write_filled(w, "client_address", r.client_address);
    w.string("request_id", r.request_id);
}

}  // namespace hourkey::server
