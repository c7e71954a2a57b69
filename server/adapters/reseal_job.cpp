#include "server/adapters/reseal_job.hpp"

#include "jobs/retry_rules.hpp"
#include "obs/log.hpp"

#include <utility>

namespace hourkey::server {

std::function<result<store::reseal_step>(store::transaction&)> reseal_work(store::reseal_place from) {
    constexpr std::size_t rows_a_step = 200;
    return [from = std::move(from)](store::transaction& tx) { return tx.reseal(from, rows_a_step); };
}

task<jobs::outcome> reseal_rows(store::database& database, const clock_source& clock) {
    const auto until = clock.now() + jobs::lease_time / 2;
    std::size_t resealed = 0, broken = 0;
    std::optional<store::reseal_place> at = store::reseal_place{};
    while (at) {
        if (clock.now() >= until) co_return jobs::outcome::again(clock.now());
        auto work = reseal_work(*at);
        auto done = co_await database.write<store::reseal_step>(std::move(work));
        if (!done) co_return jobs::outcome::failed(done.error().cause);
        resealed += done->resealed;
        broken += done->broken;
        at = std::move(done->next);
    }
    obs::log(obs::level::info, "rows are sealed with the active server key", {{"rows", resealed}, {"broken", broken}});
    co_return jobs::outcome::done();
}

}  // namespace hourkey::server
