#include "server/doors/token_wire.hpp"

#include "api/control.hpp"
#include "api/token.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server {
namespace {

/// The name that a request names, or none.
template <class Name>
result<std::optional<Name>> name_in(const std::optional<std::string>& given) {
    if (!given) return std::optional<Name>();
    HK_TRY(auto name, Name::parse(*given));
    return std::optional(std::move(name));
}

template <class Request>
result<tenancy::token_request> request_of(const Request& request, std::optional<tenant_name> tenant) {
    tenancy::token_request out;
    out.tenant = std::move(tenant);
    const auto role = model::parse_role(request.role);
    if (!role) return invalid_field("role", "is not a role", "Use operator, admin, app or auditor.");
    out.role = *role;
    HK_TRY(out.app, name_in<app_name>(request.app));
    HK_TRY(out.stage, name_in<stage_name>(request.stage));
    out.life = request.expires_in.value_or(out.life);
    return out;
}

}  // namespace

result<tenancy::token_request> read_token_request(std::string_view body, std::optional<tenant_name> tenant) {
    HK_TRY(const auto request, hourkey::api::read<hourkey::api::token_request>(body));
    return request_of(request, std::move(tenant));
}

result<tenancy::token_request> read_local_token_request(std::string_view body) {
    HK_TRY(const auto request, hourkey::api::read<hourkey::api::local_token_request>(body));
    HK_TRY(auto tenant, name_in<tenant_name>(request.tenant));
    return request_of(request, std::move(tenant));
}

http::response issued_answer(tenancy::issued_token t, model::role role) {
    const hourkey::api::issued_token shown{
        .id = t.id.str(), .token = std::move(t.text), .role = std::string(to_text(role)), .expires_at = t.expires_at};
    return shape_answer(201, shown);
}

}  // namespace hourkey::server
