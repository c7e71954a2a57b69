#include "server/doors/query.hpp"
#include "server/doors/vault/answer.hpp"
#include "server/doors/vault/handlers.hpp"
#include "server/doors/vault/ttl.hpp"
#include "server/doors/vend.hpp"

#include <algorithm>

namespace hourkey::server::vault {
namespace {

/// What a request says, in its query, its body or both.
struct wishes {
    policy::vend_limits limits{
        .duration = {}, .min_ttl = {}, .beyond_grant = policy::vend_limits::too_long::cut, .role_arn = {}};
    bool names_session = false;
};

result<wire::vault_request> read_query(std::string_view raw) {
    HK_TRY(auto q, query::parse(raw));
    wire::vault_request out;
    for (const auto& [name, into] : {std::pair<std::string_view, std::optional<std::string>*>{"name", &out.name},
                                     {"role_arn", &out.role_arn},
                                     {"ttl", &out.ttl},
                                     {"role_session_name", &out.role_session_name}})
        if (const auto text = q.text(name)) *into = std::string(*text);
    HK_CHECK(q.finish("See docs/API.md for what Vault's clients may send."));
    return out;
}

/// Their empty texts say nothing: so do fields of forms that nobody has filled in.
std::string_view said(const std::optional<std::string>& text) { return text ? std::string_view(*text) : ""; }

result<> take(const wire::vault_request& asked, std::string_view connection, wishes& into) {
    if (const auto name = said(asked.name); !name.empty() && name != connection)
        return invalid_field("name", "is not the connection of the path", "Leave it out, or send the same.");
    if (const auto role = said(asked.role_arn); !role.empty()) {
        HK_CHECK(aws::role_arn::parse(role));
        into.limits.role_arn = std::string(role);
    }
    if (const auto ttl = said(asked.ttl); !ttl.empty()) {
        const auto seconds = parse_ttl(ttl);
        if (!seconds) return invalid_field("ttl", "is not a duration", "Write it as \"15m\", or in seconds.");
        // Vault's default is asked for so.
        if (*seconds != std::chrono::seconds{0}) into.limits.duration = std::min(*seconds, aws::longest_session);
    }
    into.names_session |= !said(asked.role_session_name).empty();
    return {};
}

std::vector<std::string> warnings_of(const wishes& wanted, const vending::vended& v) {
    std::vector<std::string> out;
    if (wanted.limits.duration && v.session.duration < *wanted.limits.duration)
        out.push_back("ttl was cut to " + std::to_string(v.session.duration.count()) + " seconds.");
    if (wanted.names_session) out.emplace_back("role_session_name was not used: hourkey names sessions.");
    return out;
}

std::string arn_of(const vending::vended& v) {
    return "arn:" + std::string(v.role_arn.partition()) + ":sts::" + std::string(v.role_arn.account_id()) +
           ":assumed-role/" + std::string(v.role_arn.role_name()) + "/" + v.session_name;
}

/// `creds` or `sts`, and the connection: the path behind the mount.
std::string lease_of(const call& what) {
    constexpr std::string_view front = "/v1/";
    return std::string(what.http.path.substr(front.size())) + "/" + what.request_id;
}

task<result<http::response>> give(services& with, const call& what, wishes wanted) {
    auto request = vend_request_of(what, wanted.limits);
    HK_CO_TRY(const auto vended, co_await vend(with, what, std::move(request), asked_for::by_field));
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(vended.session.expiration - what.now);
    wire::vault_credentials told{.access_key = vended.session.access_key_id,
                                 .secret_key = vended.session.secret_access_key.clone(),
                                 .security_token = vended.session.session_token.clone(),
                                 .session_token = vended.session.session_token.clone(),
                                 .arn = arn_of(vended),
                                 .ttl = left.count()};
    auto answer = wrapped(what, std::move(told), "aws");
    answer.lease_id = lease_of(what);
    answer.lease_duration = left.count();
    answer.warnings = warnings_of(wanted, vended);
    co_return shape_answer(200, answer, 6144);
}

}  // namespace

task<result<http::response>> read_credentials(services& with, call& what) {
    wishes wanted;
    HK_CO_TRY(const auto asked, read_query(what.http.query));
    HK_CO_CHECK(take(asked, what.parameters[0], wanted));
    co_return co_await give(with, what, std::move(wanted));
}

task<result<http::response>> write_credentials(services& with, call& what) {
    wishes wanted;
    HK_CO_TRY(const auto in_query, read_query(what.http.query));
    HK_CO_CHECK(take(in_query, what.parameters[0], wanted));
    HK_CO_TRY(const auto in_body, wire::read_vault_request(what.http.body));
    HK_CO_CHECK(take(in_body, what.parameters[0], wanted));
    co_return co_await give(with, what, std::move(wanted));
}

}  // namespace hourkey::server::vault
