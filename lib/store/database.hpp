#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "store/figures.hpp"
#include "store/reader.hpp"
#include "store/submission.hpp"
#include "store/trail_place.hpp"
#include "store/transaction.hpp"
#include "store/waiter.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace hourkey::store {

/// What hourkey keeps, whichever engine keeps it. One a process, thread-safe; every task resumes on its caller's
/// reactor. Callers never see a BEGIN or a COMMIT: the engine owns transactions and deadlines, and runs reads and
/// writes on whatever threads it likes, so both own what they use.
class database {
public:
    virtual ~database() = default;
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    /// Commits what is queued and ends reads and writes: every later one is refused. Returns where the trail has ended.
    virtual trail_place close() = 0;
    /// The last record that is known to be durable, as the writer knows it: whatever the file under the store's name
    /// says.
    [[nodiscard]] virtual trail_place trail_end() const = 0;

    /// All that a vend rests on, from one snapshot.
    [[nodiscard]] virtual task<result<model::vend_view>> read_vend(ulid token,
                                                                   std::optional<connection_name> connection) = 0;

    /// Runs `work`, which reads a few rows.
    template <class T>
    [[nodiscard]] task<result<T>> read(std::function<result<T>(reader&)> work) {
        result<T> outcome = failure(errc::internal);
        std::function<void(reader&)> run = [&outcome, &work](reader& from) { outcome = work(from); };
        HK_CO_CHECK(co_await serve(run));
        co_return outcome;
    }
    /// The same for what takes milliseconds, as a page of a list does: nobody's vend waits for it. `tenant` is whose
    /// share it takes (nil: the server's own). Beyond a tenant's share, and beyond all places: rate_limited.
    template <class T>
    [[nodiscard]] task<result<T>> list(ulid tenant, std::function<result<T>(reader&)> work) {
        const auto outcome = std::make_shared<result<T>>(failure(errc::shutting_down));
        std::function<void(reader&)> run = [outcome, work = std::move(work)](reader& from) { *outcome = work(from); };
        HK_CO_CHECK(co_await serve_slowly(tenant, std::move(run)));
        co_return std::move(*outcome);
    }

    /// Runs `work` in a transaction that it may share with others', as if in a savepoint of its own: when it fails,
    /// only its changes are undone. Resumes after the commit is durable. It may run more than once. Any I/O error fails
    /// the whole group: before the commit with store_unavailable, of the commit itself with outcome_unknown. Nothing is
    /// retried that may have been stored. Past the engine's patience it fails whatever the disk does: work that had not
    /// begun will not run (store_unavailable), what had may still become durable (outcome_unknown). So `work` must own
    /// what it uses.
    template <class T>
    [[nodiscard]] task<result<T>> write(std::function<result<T>(transaction&)> work, origin from = {}) {
        const auto submitted = std::make_shared<work_submission<T>>(std::move(work), from);
        const auto ended = co_await submit(submitted);
        if (ended != ending::settled) co_return given_up(ended);
        co_return submitted->take();
    }
    /// The same, blocking for as long as it takes: for start-up and the command line, which a person can end. So `work`
    /// may refer to its caller's frame. Never on a thread that runs coroutines.
    template <class T>
    [[nodiscard]] result<T> write_now(std::function<result<T>(transaction&)> work, origin from = {}) {
        const auto submitted = std::make_shared<work_submission<T>>(std::move(work), from);
        submit_and_wait(submitted);
        return submitted->take();
    }
    /// A vend's write: one record, decided on once more inside the group's transaction where that is needed.
    /// Returns the record's seq once it is durable; past the engine's patience it fails as write() does.
    [[nodiscard]] task<result<std::uint64_t>> append(std::shared_ptr<append_submission> what);

    /// Changes with every committed change to what authorisation reads: connections, grants, and the ends of tenants,
    /// apps and tokens. reader::read_vend() loads it BEFORE its snapshot begins; a transaction whose mark() is still
    /// that need not read again. Why that is right: the writer counts a change when it makes it (transaction::mark())
    /// and publishes the count here only after the commit. A number N loaded here was published, so all N changes were
    /// committed before the facts' snapshot began and are in it. If the transaction's count is still N, no further
    /// change has been made up to that point of the writer's order, its own group included. Changes undone or lost with
    /// a failed group stay counted: that costs a re-read, never a stale answer.
    [[nodiscard]] virtual model::authorisation_mark authorisation() const noexcept = 0;

    /// What the engine keeps outside of the database is sealed under the active server key when this returns. Blocks
    /// for a disk: not on a thread that runs coroutines.
    [[nodiscard]] virtual result<> seal_memory_anew() = 0;

    /// True when ordinary writes would be taken now: writer healthy, not stalled in a commit, queue not full, disk
    /// above its floor. Cheap.
    [[nodiscard]] virtual bool is_writable() const noexcept = 0;
    /// The same for a tenant's: in a full queue it may have a place that another has not.
    [[nodiscard]] virtual bool is_writable_for(const ulid& tenant) const = 0;
    /// For what takes rights away: below the disk's floor too, down to its reserve.
    [[nodiscard]] virtual bool can_take_rights_away() const noexcept = 0;
    /// A write that was not sent because of that, for the figures.
    virtual void count_refused() noexcept = 0;
    [[nodiscard]] virtual writer_figures figures() const noexcept = 0;
    [[nodiscard]] virtual soundness checked() const noexcept = 0;
    /// Reads the file through on a thread of its own, once; `ended` is told there what was found. A damaged file takes
    /// no more writes. The database's end breaks it off; then it stays doubtful for the next start too.
    virtual void read_through(std::function<void(const result<>&)> ended) = 0;

    /// Seconds each group's commit took; called on a thread of the engine.
    virtual void on_commit(std::function<void(double seconds, std::size_t writes)> observer) = 0;

protected:
    database() = default;

private:
    /// Runs it now or soon, on whatever thread; returns when it has run, or why it cannot.
    [[nodiscard]] virtual task<result<>> serve(const std::function<void(reader&)>& work) = 0;
    [[nodiscard]] virtual task<result<>> serve_slowly(ulid tenant, std::function<void(reader&)> work) = 0;
    /// The waiter is woken exactly once, also when the submission is not taken: then it has failed.
    virtual void enqueue(std::shared_ptr<submission> s, std::unique_ptr<waiter> w) = 0;

    [[nodiscard]] task<ending> submit(std::shared_ptr<submission> s);
    void submit_and_wait(std::shared_ptr<submission> s);
    [[nodiscard]] static failure given_up(ending how);
};

}  // namespace hourkey::store
