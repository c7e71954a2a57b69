#include "server/adapters/sts_ports.hpp"

#include "core/text_or_empty.hpp"

namespace hourkey::server {
namespace {

/// The least that a session can do; what the probes ask for, so that a test never yields usable credentials.
constexpr std::string_view deny_all =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})";

}  // namespace

task<result<vending::role_session>> sts_role_assumer::assume(const model::principal& who,
                                                             vending::role_session_request session, deadline until) {
    aws::assume_role_request request{.role = std::move(session.role),
                                     .name = std::move(session.name),
                                     .duration = session.duration,
                                     .external_id = std::move(session.external_id),
                                     .session_policy = {}};
    request.least = session.least;
    request.on_denial = session.trust_has_settled ? aws::denial::is_final : aws::denial::may_pass;
    HK_CO_TRY(auto permit, gate_.admit(who));
    HK_CO_TRY(auto assumed,
              co_await gate_.open(std::move(permit), std::move(request), until, std::move(session.region)));
    vending::role_session out;
    out.access_key_id = std::move(assumed.keys.access_key_id);
    out.secret_access_key = std::move(assumed.keys.secret_access_key);
    out.session_token = std::move(assumed.keys.session_token);
    out.expiration = *assumed.keys.expiration;
    out.life = assumed.life;
    out.sts_request_id = std::move(assumed.request_id);
    out.duration = assumed.duration;
    co_return out;
}

task<linking::probe_result> sts_trust_probe::assume(linking::probe_request probe, deadline until) {
    using kind = linking::probe_result::kind;
    linking::probe_result out;
    auto permit = gate_.admit(probe.who);
    if (!permit) {
        out.why = permit.error();
        out.ended = kind::not_asked;
        co_return out;
    }
    out.session_name = probe.session_name.str();
    aws::assume_role_request request{.role = *probe.connection.role_arn,
                                     .name = std::move(probe.session_name),
                                     .duration = aws::shortest_session,
                                     .external_id = std::move(probe.external_id),
                                     .session_policy = std::string(deny_all)};
    // The other probes are made to be denied. A pending connection was made or changed since it was last found good.
    const auto& c = probe.connection;
    const bool is_right_one = request.external_id == c.external_id;
    if (is_right_one && (c.state == model::connection_state::pending || !model::has_settled(c, system_clock().now())))
        request.on_denial = aws::denial::may_pass;
    auto assumed = co_await gate_.open(*std::move(permit), std::move(request), until, c.region);
    if (!assumed) {
        out.why = std::move(assumed).error();
        // Only AWS's own AccessDenied refuses; a throttle, a timeout or our own trouble proves nothing.
        out.ended = out.why->code == errc::trust_refused && out.why->aws && out.why->aws->code == "AccessDenied"
                        ? kind::refused
                        : kind::inconclusive;
        co_return out;
    }
    out.ended = kind::allowed;
    out.access_key_id = assumed->keys.access_key_id;
    out.sts_request_id = assumed->request_id;
    out.expiration = assumed->keys.expiration;
    if (!probe.then_identify) co_return out;
    auto identity = co_await client_.get_caller_identity(assumed->keys, until, std::string(text_or_empty(c.region)));
    if (identity) {
        out.account_id = aws::account_id::parse(identity->who.account_id).value();  // the answer's parser has seen it
    } else {
        out.why = std::move(identity).error();
    }
    co_return out;
}

}  // namespace hourkey::server
