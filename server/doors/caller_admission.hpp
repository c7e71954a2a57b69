#pragma once

#include "auth/authenticator.hpp"
#include "server/doors/call.hpp"
#include "server/doors/route.hpp"
#include "server/doors/token_uses.hpp"

#include <optional>
#include <string_view>

namespace hourkey::server {

/// How a door lets in callers who have a token of hourkey's: their address' rate, who they are, their own rates, the
/// route's right, and for what a vend rests on its first look. One a reactor, for all its doors.
class caller_admission {
public:
    explicit caller_admission(services& with) : with_(with), uses_(with) {}
    /// What door::admit() is to do. Of a right to vend the tenant in the path is not looked at: the handler judges it.
    task<result<>> admit(call& what, const route* row);
    [[nodiscard]] result<> admit_unread(std::string_view address, steady_time now);

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

}  // namespace hourkey::server
