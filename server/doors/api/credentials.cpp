#include "api/credentials.hpp"
#include "api/field.hpp"
#include "core/time_text.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/query.hpp"
#include "server/services.hpp"

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
    if (v.capped_by_chaining)
        answer.headers.push_back(
            {"X-Hourkey-Warning",
             "duration capped at 3600 s: hourkey's own AWS identity is a role session (role chaining)"});
    return answer;
}

task<result<http::response>> vend(services& with, call& what, policy::vend_limits limits) {
    auto request = vend_request_of(what, limits);
    const auto until = what.http.until.sooner(deadline(with.clock.steady_now() + with.sts_timeout));
    const auto started = with.clock.steady_now();
    auto done = co_await with.vendor.vend(what.caller, std::move(request), until);
    with.metrics.vend_duration.observe(with.clock.steady_now() - started);
    with.metrics.vends.add(done                           ? obs::vend_outcome::issued
                           : is_denial(done.error().code) ? obs::vend_outcome::denied
                                                          : obs::vend_outcome::error);
    if (!done) co_return std::move(done).error();
    co_return triple_answer(*done);
}

}  // namespace

task<result<http::response>> get_credentials(services& with, call& what) {
    HK_CO_TRY(const auto limits, read_query(what.http.query));
    co_return co_await vend(with, what, limits);
}

task<result<http::response>> post_credentials(services& with, call& what) {
    HK_CO_TRY(const auto limits, read_body(what.http.body));
    co_return co_await vend(with, what, limits);
}

}  // namespace hourkey::server::api
