#include "server/adapters/session_gate.hpp"

#include "core/text_or_empty.hpp"

namespace hourkey::server {

result<session_gate::permit> session_gate::admit(const model::principal& who) {
    if (!database_.is_writable_for(who.tenant_id)) {
        database_.count_refused();
        return failure(errc::audit_unavailable, {},
                       "Try again; if it lasts, the operator should look at the server's disk and /readyz.",
                       "the writer does not take records");
    }
    HK_CHECK(rates_.admit_session(who, clock_.steady_now()));
    return permit(who.tenant_id);
}

task<result<sts::assumed_role>> session_gate::open(permit by, aws::assume_role_request what, deadline until,
                                                   std::optional<aws::region> in) {
    std::string region(text_or_empty(in));
    auto place = shares_.enter_now(by.tenant_, region);
    if (!place) {
        HK_CO_TRY(place, co_await shares_.enter(by.tenant_, region, until));
    }
    const auto retries = shares_.retries_of(by.tenant_);
    co_return co_await client_.assume_role(std::move(what), until, std::move(region), retries.get());
}

}  // namespace hourkey::server
