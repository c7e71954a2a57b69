#include "server/doors/token_wire.hpp"

#include "api/token.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server {

result<tenancy::token_request> read_token_request(json::object& fields, std::optional<tenant_name> tenant) {
    tenancy::token_request out;
    out.tenant = std::move(tenant);
    HK_TRY(const auto role_text, fields.string("role"));
    const auto role = model::parse_role(role_text);
    if (!role) return invalid_field("role", "is not a role", "Use operator, admin, app or auditor.");
    out.role = *role;
    HK_TRY(const auto app, fields.optional_string("app"));
    if (app) {
        HK_TRY(out.app, app_name::parse(*app));
    }
    HK_TRY(const auto life, fields.optional_integer("expires_in_seconds", tenancy::shortest_token_life.count(),
                                                    tenancy::longest_token_life.count()));
    if (life) out.life = std::chrono::seconds(*life);
    HK_CHECK(fields.finish());
    return out;
}

http::response issued_answer(tenancy::issued_token t, model::role role) {
    const hourkey::api::issued_token shown{
        .id = t.id.str(), .token = std::move(t.text), .role = std::string(to_text(role)), .expires_at = t.expires_at};
    return shape_answer(201, shown);
}

}  // namespace hourkey::server
