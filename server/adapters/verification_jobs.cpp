#include "server/adapters/verification_jobs.hpp"

#include "jobs/retry_rules.hpp"
#include "obs/log.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::server {
namespace {

using seen = std::optional<linking::verified>;

/// Nobody waits for an answer: who has the connection's tenant in charge learns it from the log, too.
void tell_when_lowered(const model::job& j, const linking::verified& v) {
    if (!v.is_proved || !linking::lowers_trust(v.state)) return;
    obs::log(obs::level::warn, "a connection was verified unasked and vends no more",
             {{"tenant_id", j.key.tenant_id.str()}, {"target", j.key.target}, {"state", to_text(v.state)}});
}

std::string why_unproved(const linking::verified& v) {
    const auto unclear = std::ranges::find_if(v.steps, [](const linking::step& s) { return !s.cause.empty(); });
    return unclear == v.steps.end() ? "it proved nothing" : unclear->cause;
}

task<result<seen>> verify(const linking::linker& links, const model::job& j) {
    HK_CO_TRY(auto v, co_await links.verify_again(j, deadline::after(jobs::lease_time / 2)));
    if (v) tell_when_lowered(j, *v);
    co_return v;
}

}  // namespace

task<jobs::outcome> finish_verification(const linking::linker& links, model::job j) {
    const auto v = co_await verify(links, j);
    if (!v) co_return jobs::outcome::failed(std::string(v.error().text()));
    if (*v && !(*v)->is_proved) co_return jobs::outcome::failed(why_unproved(**v));
    co_return jobs::outcome::done();
}

task<jobs::outcome> recheck_connection(const linking::linker& links, model::job j) {
    const auto next = links.next_recheck();
    if (!next) co_return jobs::outcome::done();
    const auto v = co_await verify(links, j);
    if (!v) co_return jobs::outcome::failed(std::string(v.error().text()));
    if (!*v) co_return jobs::outcome::done();
    if (!(*v)->is_proved) co_return jobs::outcome::failed(why_unproved(**v));
    if (!model::may_vend((*v)->state)) co_return jobs::outcome::done();
    co_return jobs::outcome::again(*next);
}

}  // namespace hourkey::server
