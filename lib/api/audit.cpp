#include "api/audit.hpp"

#include "api/description.hpp"
#include "api/fields.hpp"
#include "api/forms.hpp"

namespace hourkey::api {
namespace {

constexpr std::array<std::string_view, 7> outcomes{"granted",  "denied", "error",      "changed",
                                                   "reissued", "shared", "undelivered"};
constexpr std::array<std::string_view, 6> actors{"server",       "machine",     "token",
                                                 "oidc_session", "certificate", "platform"};

}  // namespace

template <class Of, class Fields>
void audited_state::describe(Of& of, Fields& has) {
    has({"id", "A tenant's or a token's.", id_form}, of.id);
    has({"name", "A tenant's, an app's or a connection's.", name_form}, of.name);
    has({"kind", "A connection's.", kind_form}, of.kind);
    has({"role", "A token's.", role_form}, of.role);
    has({"app", "A grant's or a token's.", app_form}, of.app);
    has({"project", "A vend's."}, of.project);
    has({"service", "A vend's."}, of.service);
    has({"stage", "A token's or a vend's."}, of.stage);
    has({"connection", "A grant's.", name_form}, of.connection);
    has({"state", "A connection's.", state_form}, of.state);
    has({"role_arn", "A connection's.", role_arn_form}, of.role_arn);
    has({"region", "A connection's.", region_form}, of.region);
    has({"default_region", "A connection's.", region_form}, of.default_region);
    has({"external_id", "A connection's.", external_id_form}, of.external_id);
    has({"capabilities", "A connection's."}, of.capabilities);
    has({"session_sharing", "A connection's."}, of.session_sharing);
    has({"binding", "A vend's: what chose the connection."}, of.binding);
    has({"policy_hash", "A vend's."}, of.policy_hash);
    has({"attempts", "A vend's: how often AWS was asked."}, of.attempts);
    has({"max_duration_seconds", "A grant's."}, of.max_duration_seconds);
    has({"reason", "A grant's."}, of.reason);
    has({"created_at", "When it was made."}, of.created_at);
    has({"expires_at", "A grant's or a token's."}, of.expires_at);
    has({"revoked_at", "A token's."}, of.revoked_at);
}

template <class Of, class Fields>
void audit_record::describe(Of& of, Fields& has) {
    has({.name = "seq", .meaning = "Within the tenant, from 1, without gaps.", .least = 1}, of.seq);
    has({"time", "When it happened."}, of.time);
    has({"action", "vend, or the change: connection.put."}, of.action);
    has({"outcome", "How it ended; of a change changed.", {.values = outcomes}}, of.outcome);
    has({"reason", "The error's code; of a change a word about it."}, of.reason);
    has({"app", "What it was about."}, of.app);
    has({"connection", "What it was about."}, of.connection);
    has({"access_key_id", "Joins CloudTrail's userIdentity.accessKeyId; not a secret."}, of.access_key_id);
    has({"sts_request_id", "Joins CloudTrail's requestID."}, of.sts_request_id);
    has({"session_name", "As CloudTrail shows it."}, of.session_name);
    has({"role_arn", "The role that was asked for."}, of.role_arn);
    has({"aws_code", "What AWS called its error."}, of.aws_code);
    has({"requested_seconds", "Asked of AWS."}, of.requested_seconds);
    has({"expiration", "Given by AWS."}, of.expiration);
    has({"target", "What a change was about, as a path within the tenant."}, of.target);
    has({"before", "What a change found; absent: nothing was there."}, of.before);
    has({"after", "What a change left; absent: it is gone."}, of.after);
    has({"context", "What a vend was made in."}, of.context);
    has({"count", "How many equal refusals the record stands for, when there are more than one."}, of.count);
    has({"actor",
         "Whose doing it was: a token's, a command's on the server's machine, the server's own.",
         {.values = actors}},
        of.actor);
    has({"actor_role", "Of the token that asked.", role_form}, of.actor_role);
    has({"token_id", "Of the token that asked.", id_form}, of.token_id);
    has({"client_address", "From where."}, of.client_address);
    has({"request_id", "The X-Request-Id of the answer.", id_form}, of.request_id);
}

template <class Of, class Fields>
void audit_page::describe(Of& of, Fields& has) {
    has({"records", "Oldest first."}, of.records);
    has(cursor_field, of.cursor);
    has({"resume", "Where to go on later: what has come since. Also on the last page."}, of.resume);
}

template struct shape<audited_state>;
template struct shape<audit_record>;
template struct shape<audit_page>;

}  // namespace hourkey::api
