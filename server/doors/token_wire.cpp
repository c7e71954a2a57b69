#include "server/doors/token_wire.hpp"

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

http::response issued_answer(const tenancy::issued_token& t, model::role role) {
    json::writer w;
    w.begin_object().string("id", t.id.str()).string("token", t.text.expose());
    w.string("role", to_text(role)).string("expires_at", to_rfc3339(t.expires_at)).end_object();
    return json_answer(201, w);
}

}  // namespace hourkey::server
