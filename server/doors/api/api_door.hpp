#pragma once

#include "auth/authenticator.hpp"
#include "server/doors/api/routes.hpp"
#include "server/doors/api/token_uses.hpp"
#include "server/doors/door.hpp"

namespace hourkey::server::api {

/// hourkey's own API: callers are known by a bearer token, and each right is checked before a handler runs.
class api_door final : public door {
public:
    explicit api_door(services& with) : with_(with), uses_(with) {}
    [[nodiscard]] route_table routes() const noexcept override { return api::routes(); }
    task<result<>> admit(call& what, const route* row) override;
    [[nodiscard]] result<> admit_unread(std::string_view address, steady_time now) override;
    /// With a hint where to look; on the credentials' routes also in the words of the AWS SDKs.
    [[nodiscard]] http::response refusal(failure why, const call& what, const route* row) const override;

private:
    task<result<>> identify(call& what, const route& row);
    /// `stored`: the token as the store has it, when it is refused.
    [[nodiscard]] task<auth::authenticator::outcome> look_up(const call& what, const auth::presented_token& given,
                                                             std::optional<model::token>& stored);
    [[nodiscard]] task<auth::authenticator::outcome> look_up_vend(call& what, const auth::presented_token& given,
                                                                  std::optional<model::token>& stored);
    task<failure> record_refusal(call& what, const model::token& known, failure why);
    task<result<>> resolve_tenant(call& what);

    services& with_;
    token_uses uses_;
};

}  // namespace hourkey::server::api
