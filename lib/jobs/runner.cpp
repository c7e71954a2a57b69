#include "jobs/runner.hpp"

#include "jobs/retry_rules.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace hourkey::jobs {
namespace {

using due_jobs = std::vector<std::vector<model::job>>;  // a kind each
using taken_job = std::optional<model::job>;

task<outcome> run_guarded(const job_function& run, model::job j) {
    try {
        co_return co_await run(std::move(j));
    } catch (const std::exception& e) {
        co_return outcome::failed(e.what());
    }
}

}  // namespace

task<result<>> runner::end_leases() {
    std::function<result<>(store::transaction&)> work = [](store::transaction& tx) { return tx.end_leases(); };
    co_return co_await database_.write<void>(std::move(work));
}

task<result<std::size_t>> runner::run_due(std::size_t most) {
    std::vector<model::job_kind> kinds;
    for (const auto& [kind, run] : functions_) kinds.push_back(kind);
    std::function<result<due_jobs>(store::reader&)> look = [now = clock_.now(), most,
                                                            kinds](store::reader& from) -> result<due_jobs> {
        due_jobs out;
        for (const auto kind : kinds) {
            HK_TRY(auto of_kind, from.list_due_jobs(kind, now, most));
            out.push_back(std::move(of_kind));
        }
        return out;
    };
    HK_CO_TRY(const auto due, co_await database_.list<due_jobs>(ulid(), std::move(look)));
    std::size_t ran = 0;
    for (std::size_t turn = 0; turn < most; ++turn) {
        for (const auto& of_kind : due) {
            if (turn >= of_kind.size()) continue;
            HK_CO_TRY(const bool was_run, co_await run_one(of_kind[turn].key, of_kind[turn].id));
            if (was_run) ++ran;
        }
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
        work = [j](store::transaction& tx) { return tx.end_job(j); };
    } else {
        if (!ended.error.empty()) tell_failed_(j, ended.error);
        const auto at = ended.again_at.value_or(next_try(j.attempts, clock_.now(), random_()));
        work = [j, at, error = std::move(ended.error)](store::transaction& tx) {
            return tx.postpone_job(j, at, error);
        };
    }
    co_return co_await database_.write<void>(std::move(work));
}

}  // namespace hourkey::jobs
