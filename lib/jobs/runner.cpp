#include "jobs/runner.hpp"

#include "jobs/retry_rules.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace hourkey::jobs {
namespace {

using due_jobs = std::vector<model::job>;
using taken_job = std::optional<model::job>;

task<outcome> run_guarded(const job_function& run, model::job j) {
    try {
        co_return co_await run(std::move(j));
    } catch (const std::exception& e) {
        co_return outcome::failed(e.what());
    }
}

}  // namespace

task<result<std::size_t>> runner::run_due(std::size_t most) {
    std::function<result<due_jobs>(store::reader&)> look = [now = clock_.now(), most](store::reader& from) {
        return from.list_due_jobs(now, most);
    };
    HK_CO_TRY(const auto due, co_await database_.list<due_jobs>(ulid(), std::move(look)));
    std::size_t ran = 0;
    for (const auto& j : due) {
        HK_CO_TRY(const bool was_run, co_await run_one(j.key, j.id));
        if (was_run) ++ran;
    }
    co_return ran;
}

task<result<bool>> runner::run_one(model::job_key key, ulid id) {
    const auto found = functions_.find(key.kind);
    if (found == functions_.end()) co_return false;
    std::function<result<taken_job>(store::transaction&)> take = [key, id, owner = owner_](store::transaction& tx) {
        return tx.take_job(key, id, {.owner = owner, .until = tx.now() + lease_time});
    };
    HK_CO_TRY(auto taken, co_await database_.write<taken_job>(std::move(take)));
    if (!taken) co_return false;
    auto ended = co_await run_guarded(found->second, *taken);
    HK_CO_CHECK(co_await settle(*std::move(taken), std::move(ended)));
    co_return true;
}

task<result<>> runner::settle(model::job j, outcome ended) {
    std::function<result<>(store::transaction&)> work;
    if (ended.is_done) {
        work = [j](store::transaction& tx) { return tx.end_job(j.key, j.id); };
    } else {
        const auto at = ended.again_at.value_or(next_try(j.attempts, clock_.now(), random_()));
        work = [j, at, error = std::move(ended.error)](store::transaction& tx) {
            return tx.postpone_job(j.key, j.id, at, error);
        };
    }
    co_return co_await database_.write<void>(std::move(work));
}

}  // namespace hourkey::jobs
