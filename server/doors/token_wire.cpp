#include "server/doors/token_wire.hpp"

#include "api/control.hpp"
#include "api/token.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server {
namespace {

/// The name that a wish has, or none.
template <class Name>
result<std::optional<Name>> name_in(const std::optional<std::string>& given) {
    if (!given) return std::optional<Name>();
    HK_TRY(auto name, Name::parse(*given));
    return std::optional(std::move(name));
}

template <class Wish>
result<tenancy::token_request> request_of(const Wish& wish, std::optional<tenant_name> tenant) {
    tenancy::token_request out;
    out.tenant = std::move(tenant);
    const auto role = model::parse_role(wish.role);
    if (!role) return invalid_field("role", "is not a role", "Use operator, admin, app or auditor.");
    out.role = *role;
    HK_TRY(out.app, name_in<app_name>(wish.app));
    HK_TRY(out.stage, name_in<stage_name>(wish.stage));
    out.life = wish.expires_in.value_or(out.life);
    return out;
}

}  // namespace

result<tenancy::token_request> read_token_request(std::string_view body, std::optional<tenant_name> tenant) {
    HK_TRY(const auto wish, hourkey::api::read<hourkey::api::token_wish>(body));
    return request_of(wish, std::move(tenant));
}

result<tenancy::token_request> read_local_token_request(std::string_view body) {
    HK_TRY(const auto wish, hourkey::api::read<hourkey::api::local_token_wish>(body));
    HK_TRY(auto tenant, name_in<tenant_name>(wish.tenant));
    return request_of(wish, std::move(tenant));
}

http::response issued_answer(tenancy::issued_token t, model::role role) {
    const hourkey::api::issued_token shown{
        .id = t.id.str(), .token = std::move(t.text), .role = std::string(to_text(role)), .expires_at = t.expires_at};
    return shape_answer(201, shown);
}

}  // namespace hourkey::server
