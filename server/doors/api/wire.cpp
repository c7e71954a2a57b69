#include "server/doors/api/wire.hpp"

#include "core/text_or_empty.hpp"
#include "linking/trust_policy.hpp"

#include <optional>

namespace hourkey::server::api {
namespace {

std::optional<std::string> filled(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

}  // namespace

wire::tenant to_wire(const model::tenant& t) {
    return {.name = t.name.str(), .id = t.id.str(), .created_at = t.created_at, .revision = t.revision};
}

wire::app to_wire(const model::app& a) {
    return {.name = a.name.str(), .created_at = a.created_at, .revision = a.revision};
}

wire::grant to_wire(const model::grant& g) {
    return {.app = g.app ? g.app->str() : "*",
            .connection = g.connection.str(),
            .max_duration = g.max_duration,
            .expires_at = g.expires_at,
            .reason = filled(g.reason),
            .created_at = g.created_at,
            .revision = g.revision};
}

wire::token to_wire(const model::token& t) {
    return {.id = t.id.str(),
            .role = std::string(to_text(t.role)),
            .app = filled(text_or_empty(t.app)),
            .stage = filled(text_or_empty(t.stage)),
            .created_at = t.created_at,
            .expires_at = t.expires_at,
            .last_used_at = t.last_used_at,
            .revoked_at = t.revoked_at};
}

wire::connection to_wire(const model::connection& c, const std::string& principal_arn) {
    wire::connection out{.name = c.name.str(),
                         .kind = std::string(to_text(c.kind)),
                         .state = std::string(to_text(c.state)),
                         .role_arn = filled(text_or_empty(c.role_arn)),
                         .account_id = filled(text_or_empty(c.account_id)),
                         .region = filled(text_or_empty(c.region)),
                         .default_region = filled(text_or_empty(c.default_region)),
                         .external_id = c.external_id.str(),
                         .principal_arn = principal_arn,
                         .trust_policy = {},
                         .created_at = c.created_at,
                         .verified_at = c.verified_at,
                         .last_checked_at = c.last_checked_at,
                         .revision = c.revision};
    // Until AWS has told who hourkey is there is none: a placeholder would be taken for the policy.
    if (!principal_arn.empty()) out.trust_policy = linking::trust_policy(principal_arn, c.external_id);
    return out;
}

}  // namespace hourkey::server::api
