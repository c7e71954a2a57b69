#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "core/ulid.hpp"
#include "model/job.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace hourkey::jobs {

/// How one try has ended.
struct outcome {
    bool is_done = false;
    std::string error;                  ///< why it is not
    std::optional<wall_time> again_at;  ///< none: by retry_rules

    [[nodiscard]] static outcome done() { return {.is_done = true, .error = {}, .again_at = {}}; }
    [[nodiscard]] static outcome failed(std::string why) {
        return {.is_done = false, .error = std::move(why), .again_at = {}};
    }
    [[nodiscard]] static outcome again(wall_time at) { return {.is_done = false, .error = {}, .again_at = at}; }
};

/// What does the jobs of one kind. A try may come a second time, also after one that has ended unseen, and has
/// lease_time.
using job_function = std::function<task<outcome>(model::job)>;

/// Takes jobs that are due and runs them, one after another: each under a lease, so that of several runners on one
/// store one is at it. One that a process took with it is taken again when its lease is over. For one reactor.
class runner {
public:
    /// `random` spreads the tries; `tell_failed` is told of each that did not end its job.
    runner(store::database& database, const clock_source& clock, const ulid& owner,
           std::function<std::uint64_t()> random,
           std::function<void(const model::job&, const std::string& why)> tell_failed)
        : database_(database),
          clock_(clock),
          owner_(owner),
          random_(std::move(random)),
          tell_failed_(std::move(tell_failed)) {}

    void on(model::job_kind kind, job_function run) { functions_[kind] = std::move(run); }

    /// Before the first run_due(), where nobody else has the store: the leases that are there are of a process that is
    /// gone.
    [[nodiscard]] task<result<>> end_leases();
    /// Up to `most` a kind of those that are due now, the kinds in turn. How many were run; the store's failure.
    [[nodiscard]] task<result<std::size_t>> run_due(std::size_t most = 8);

private:
    [[nodiscard]] task<result<bool>> run_one(model::job_key key, ulid id);
    [[nodiscard]] task<result<>> settle(model::job j, outcome ended);

    store::database& database_;
    const clock_source& clock_;
    const ulid owner_;
    std::function<std::uint64_t()> random_;
    std::function<void(const model::job&, const std::string&)> tell_failed_;
    std::map<model::job_kind, job_function> functions_;
};

}  // namespace hourkey::jobs
