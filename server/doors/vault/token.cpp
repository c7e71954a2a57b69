#include "core/text_or_empty.hpp"
#include "server/doors/find.hpp"
#include "server/doors/vault/answer.hpp"
#include "server/doors/vault/handlers.hpp"

namespace hourkey::server::vault {
namespace {

template <class Name>
std::optional<std::string> text_of(const std::optional<Name>& name) {
    return name ? std::optional(name->str()) : std::nullopt;
}

}  // namespace

task<result<http::response>> look_up_self(services& with, call& what) {
    const auto& who = what.caller;
    HK_CO_TRY(const auto token, co_await find_token(with, who.id));
    const auto end = token ? token->expires_at : what.now;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end - what.now).count();
    const std::string role(to_text(who.role));
    wire::vault_token told{
        .id = who.id.str(),
        .accessor = who.id.str(),
        .display_name = who.app ? who.app->str() : role,
        .policies = {role},
        .meta = {.role = role, .tenant = text_of(who.tenant), .app = text_of(who.app), .stage = text_of(who.stage)},
        .type = "service",
        .expire_time = end,
        .ttl = left};
    const auto answer = wrapped(what, std::move(told), "token");
    co_return shape_answer(200, answer);
}

}  // namespace hourkey::server::vault
