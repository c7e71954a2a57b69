#include "api/credentials.hpp"
#include "api/aws_variables.hpp"
#include "api/field.hpp"
#include "core/time_text.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/query.hpp"
#include "server/doors/vend.hpp"

#include <array>

namespace hourkey::server::api {
namespace {

using hourkey::api::any_number;

constexpr std::array<std::string_view, 4> context_fields{"stage", "service", "region", "project"};

std::optional<std::chrono::seconds> as_seconds(std::optional<std::int64_t> n) {
    if (!n) return std::nullopt;
    return std::chrono::seconds(*n);
}

result<policy::vend_limits> read_query(std::string_view raw) {
    HK_TRY(auto q, query::parse(raw));
    HK_TRY(const auto duration, q.integer("duration_seconds", -any_number, any_number));
    HK_TRY(const auto min_ttl, q.integer("min_ttl_seconds", -any_number, any_number));
    // Context chooses among connections; a caller that names one may say it, and it changes nothing.
    for (const auto field : context_fields) static_cast<void>(q.text(field));
    HK_CHECK(q.finish());
    return policy::vend_limits{.duration = as_seconds(duration), .min_ttl = as_seconds(min_ttl)};
}

result<policy::vend_limits> read_body(std::string_view text) {
    HK_TRY(const auto request, hourkey::api::read<hourkey::api::credentials_request>(text));
    return policy::vend_limits{.duration = request.duration, .min_ttl = request.min_ttl};
}

/// As hourkey::api::credentials says, to which a test holds it: by hand, because each vend pays for it.
http::response triple_answer(const vending::vended& v) {
    json::writer w(4096);
    w.begin_object().integer("Version", 1).string("AccessKeyId", v.session.access_key_id);
    w.string("SecretAccessKey", v.session.secret_access_key.expose());
    w.string("SessionToken", v.session.session_token.expose()).string("Token", v.session.session_token.expose());
    w.string("Expiration", to_rfc3339(v.session.expiration))
        .string("AccountId", v.role_arn.account_id())
        .string("RoleArn", v.role_arn.str());
    if (v.default_region) w.string("Region", v.default_region->str());
    w.end_object();
    auto answer = json_answer(200, w);
    warn_of_capped(answer, v);
    return answer;
}

http::response variables_answer(const vending::vended& v) {
    hourkey::api::aws_variables told{.access_key_id = v.session.access_key_id,
                                     .secret_access_key = v.session.secret_access_key.clone(),
                                     .session_token = v.session.session_token.clone(),
                                     .expiration = v.session.expiration,
                                     .region = {},
                                     .default_region = {}};
    if (v.default_region) told.region = told.default_region = v.default_region->str();
    auto answer = shape_answer(200, told, 4096);
    warn_of_capped(answer, v);
    return answer;
}

}  // namespace

task<result<http::response>> get_credentials(services& with, call& what) {
    HK_CO_TRY(const auto limits, read_query(what.http.query));
    HK_CO_TRY(const auto vended, co_await vend(with, what, vend_request_of(what, limits)));
    co_return triple_answer(vended);
}

task<result<http::response>> get_environment(services& with, call& what) {
    HK_CO_TRY(const auto limits, read_query(what.http.query));
    HK_CO_TRY(const auto vended, co_await vend(with, what, vend_request_of(what, limits)));
    co_return variables_answer(vended);
}

task<result<http::response>> post_credentials(services& with, call& what) {
    HK_CO_TRY(const auto limits, read_body(what.http.body));
    HK_CO_TRY(const auto vended, co_await vend(with, what, vend_request_of(what, limits)));
    co_return triple_answer(vended);
}

}  // namespace hourkey::server::api
