#include "server/adapters/reseal_job.hpp"

#include "jobs/retry_rules.hpp"
#include "obs/log.hpp"

#include <functional>
#include <string>
#include <utility>

namespace hourkey::server {

namespace {

/// Some milliseconds of the writer's.
constexpr std::size_t rows_a_step = 200;

}  // namespace

task<result<store::reseal_step>> reseal_all(store::database& database, const clock_source& clock, wall_time until) {
    store::reseal_step all, pass;
    do {  // once more, as another key may have become the active one meanwhile
        pass = {.resealed = 0, .broken = 0, .next = store::reseal_place{}};
        while (pass.next && clock.now() < until) {
            std::function<result<store::reseal_step>(store::transaction&)> work =
                [from = *pass.next](store::transaction& tx) { return tx.reseal(from, rows_a_step); };
            HK_CO_TRY(auto done, co_await database.write<store::reseal_step>(std::move(work)));
            pass.resealed += done.resealed;
            pass.broken += done.broken;
            pass.next = std::move(done.next);
        }
        all = {.resealed = all.resealed + pass.resealed, .broken = pass.broken, .next = pass.next};
    } while (pass.resealed != 0 && !pass.next);
    co_return all;
}

task<jobs::outcome> reseal_rows(store::database& database, const clock_source& clock) {
    const auto done = co_await reseal_all(database, clock, clock.now() + jobs::lease_time / 2);
    if (!done) co_return jobs::outcome::failed(std::string(done.error().text()));
    if (done->next) co_return jobs::outcome::again(clock.now());
    obs::log(done->broken == 0 ? obs::level::info : obs::level::warn, "rows are sealed with the active server key",
             {{"rows", done->resealed}, {"broken", done->broken}});
    co_return jobs::outcome::done();
}

}  // namespace hourkey::server
