#include "server/doors/change.hpp"

#include "auth/authenticator.hpp"

#include <charconv>

namespace hourkey::server {
namespace {

std::optional<std::uint64_t> parse_etag(std::string_view text) {
    if (text.size() <= 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
    const auto digits = text.substr(1, text.size() - 2);
    std::uint64_t revision = 0;
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
    if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return revision;
}

}  // namespace

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
    record.actor = what.caller.token_id.is_nil() ? model::audit_actor::machine : model::audit_actor::token;
    record.actor_role = what.caller.role;
    record.token_id = what.caller.token_id;
    record.client_address = what.http.client.address;
    record.connection = note.connection;
    record.role_arn = note.role_arn;
    record.target = note.target;
    return record;
}

result<store::precondition> read_precondition(const http::request& r) {
    store::precondition demanded;
    if (const auto text = r.find("If-Match")) {
        demanded.revision = parse_etag(*text);
        if (!demanded.revision)
            return invalid_field("If-Match", "is not an ETag of hourkey",
                                 "Send the ETag as an answer gave it, with its quotes, or leave the header out.");
    }
    if (const auto text = r.find("If-None-Match")) {
        if (*text != "*")
            return invalid_field("If-None-Match", "is not *",
                                 "Send If-None-Match: * to create only, or leave the header out.");
        demanded.is_absent = true;
    }
    return demanded;
}

result<> check_asker(store::transaction& tx, const ulid& token_id, wall_time now) {
    HK_TRY(const auto token, tx.find_token(token_id));
    if (!token) return failure(errc::unauthenticated, {}, "Use a valid token.", "the token is gone");
    return auth::check_token(*token, now);
}

}  // namespace hourkey::server
