#include "server/change.hpp"

#include <charconv>

namespace hourkey::server {

model::audit_record change_record(const call& what, const change_note& note, wall_time now) {
    model::audit_record record;
    record.time = now;
    record.request_id = what.request_id;
    record.action = note.action;
    record.outcome = model::audit_outcome::changed;
    record.reason = note.reason;
    record.tenant_id = what.tenant_id;
    if (what.tenant) record.tenant = what.tenant->str();
    record.app = note.app;
    record.actor_role = to_text(what.caller.role);
    record.token_id = what.caller.token_id;
    record.client_address = what.http.client.address;
    record.connection = note.connection;
    record.role_arn = note.role_arn;
    record.target = note.target;
    return record;
}

result<std::optional<std::uint64_t>> expected_revision(const http::request& r) {
    const auto text = r.find("If-Match");
    if (!text) return std::optional<std::uint64_t>();
    std::uint64_t revision = 0;
    if (text->size() > 2 && text->front() == '"' && text->back() == '"') {
        const auto digits = text->substr(1, text->size() - 2);
        const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
        if (ec == std::errc{} && end == digits.data() + digits.size()) return std::optional<std::uint64_t>(revision);
    }
    return invalid_field("If-Match", "is not an ETag of hourkey", "Send the ETag as an answer gave it, with its quotes, or leave the header out.");
}

}  // namespace hourkey::server
