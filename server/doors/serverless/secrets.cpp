#include "api/secret_access.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/serverless/handlers.hpp"
#include "server/doors/vend.hpp"

namespace hourkey::server::serverless {
namespace {

namespace wire = hourkey::api;

/// What stands in a request is said again only when it can be a name: it may be a secret at the wrong place.
std::string quoted(std::string_view name) { return is_name(name) ? "\"" + std::string(name) + "\"" : "(no name)"; }

std::string not_allowed(const wire::secret_access& asked) {
    return "use of the secret is not allowed: secret " + quoted(asked.secret_name) + ", app " + quoted(asked.app_name);
}

/// The token says whose app it is of; who claims another is no more allowed than whoever has no grant, and is not told
/// what there is in another tenant.
std::optional<failure> check_claims(const call& what, const wire::secret_access& asked) {
    const auto& who = what.caller;
    if (who.role != model::role::app || !who.tenant || !who.app) return std::nullopt;  // policy refuses it
    if (who.tenant != what.tenant)
        return failure(errc::app_not_allowed, {},
                       "The token belongs to tenant '" + who.tenant->str() + "': use its name in the path.");
    if (who.app->str() != asked.app_name)
        return failure(errc::app_not_allowed, {},
                       "The token belongs to app '" + who.app->str() + "': use its name, or a token of that app.");
    return std::nullopt;
}

task<result<vending::vended>> vend_claimed(services& with, const call& what, const wire::secret_access& asked) {
    HK_CO_TRY(auto request, co_await vend_request_for(with, what, what.connection));
    if (auto wrong = check_claims(what, asked))
        co_return co_await refuse_vend(with, what, std::move(request), *std::move(wrong));
    co_return co_await vend(with, what, std::move(request));
}

}  // namespace

task<result<http::response>> access_secret(services& with, call& what) {
    HK_CO_TRY(const auto asked, wire::read<wire::secret_access>(what.http.body));
    if (auto name = connection_name::parse(asked.secret_name)) what.connection = *std::move(name);
    auto vended = co_await vend_claimed(with, what, asked);
    if (!vended) {
        auto why = std::move(vended).error();
        if (why.code == errc::app_not_allowed) why.message = not_allowed(asked);
        co_return why;
    }
    const wire::accessed_secret told{{.access_key_id = vended->session.access_key_id,
                                      .secret_access_key = vended->session.secret_access_key.clone(),
                                      .session_token = vended->session.session_token.clone()}};
    auto answer = shape_answer(200, told, 4096);
    warn_of_capped(answer, *vended);
    co_return answer;
}

}  // namespace hourkey::server::serverless
