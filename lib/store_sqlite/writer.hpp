#pragma once

#include "store/fair_queue.hpp"
#include "store/figures.hpp"
#include "store/submission.hpp"
#include "store/waiter.hpp"
#include "store_sqlite/checkpoint_rules.hpp"
#include "store_sqlite/disk_space.hpp"
#include "store_sqlite/settings.hpp"
#include "store_sqlite/write_session.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace hourkey::store {

/// The one writer thread and its queue. A second thread only watches: a disk that hangs holds the writer, but nobody
/// who waits for it.
class writer {
public:
    /// Opens the write connection and starts the threads.
    [[nodiscard]] static result<std::unique_ptr<writer>> start(const settings& s);
    ~writer();
    /// Commits what is queued, checkpoints, ends the threads; from then on every write is refused.
    void stop();

    /// The waiter is woken exactly once, also when the queue is full or the writer is not well: then the submission has
    /// failed.
    void enqueue(std::shared_ptr<submission> s, std::unique_ptr<waiter> w);

    [[nodiscard]] std::uint64_t published_changes() const noexcept {
        return published_changes_.load(std::memory_order_acquire);
    }
    [[nodiscard]] bool is_writable() const noexcept;
    [[nodiscard]] bool is_writable_for(const ulid& tenant) const;
    [[nodiscard]] bool can_take_rights_away() const noexcept { return is_well(disk_level::reserve); }
    void count_refused(std::uint64_t writes) noexcept { refused_.fetch_add(writes, std::memory_order_relaxed); }
    [[nodiscard]] writer_figures figures() const noexcept;
    /// Whether whoever had the file before has closed it.
    [[nodiscard]] bool found_it_closed() const noexcept { return found_it_closed_; }
    /// The file is known to be sound: the stop may say so to the next start.
    void vouch() noexcept { is_vouched_for_.store(true, std::memory_order_relaxed); }
    /// From now on nothing is written; every write is told why.
    void condemn(failure why);
    void on_commit(std::function<void(double, std::size_t)> observer);
    /// store::database. Not while it stops.
    [[nodiscard]] result<> seal_memory_anew();
    /// The last record that somebody was told of. Any thread.
    [[nodiscard]] trail_place acknowledged() const;

private:
    struct entry {
        std::shared_ptr<submission> work;
        std::unique_ptr<waiter> who;  ///< null: has given up
        steady_time since;
        ending how = ending::settled;
    };

    explicit writer(const settings& s);
    /// Into the queue. Returns whom it takes no more of: `e`, or another that has to give way.
    [[nodiscard]] std::optional<entry> take(entry e);
    void refuse(entry e, std::string why);
    [[nodiscard]] bool is_well(disk_level least = disk_level::ample) const noexcept;
    void run();
    void close_session();
    void watch();
    [[nodiscard]] std::vector<entry> take_late();
    [[nodiscard]] bool is_busy_for(std::chrono::nanoseconds limit, steady_time now) const noexcept;
    [[nodiscard]] std::optional<failure> refusal() const;
    void commit_group();
    [[nodiscard]] result<> run_group();
    void fail_group(const failure& told);
    void lose_group(const failure& why, const failure& told);
    [[nodiscard]] bool is_let_in(const entry& e) const noexcept;
    void wake_group();
    static void wake_all(std::vector<entry>& woken);
    void checkpoint_when_due();
    void checkpoint(checkpoint_rules::action due);
    [[nodiscard]] bool are_files_ours(std::optional<std::string> change);
    void look_at_files();
    [[nodiscard]] result<bool> look_for_stranger();
    [[nodiscard]] std::optional<std::string> find_loss();
    [[nodiscard]] failure files_are_lost() const;
    void acknowledge(const trail_place& end);
    void remember();
    void look_at_disk();
    void tell_of_disk(disk_level level) const;
    void break_session(const failure& why);
    void tell_of_failure(const failure& why) const;
    void try_to_recover();
    [[nodiscard]] std::chrono::milliseconds idle_time() const noexcept;

    const settings settings_;
    std::unique_ptr<write_session> session_;
    std::uint64_t changes_ = 0;  ///< the writer thread's
    bool was_damaged_ = false;
    bool found_it_closed_ = false;
    checkpoint_rules checkpoints_{std::chrono::steady_clock::now()};
    std::optional<file_watch> watch_;  ///< this and the next ones: the writer thread's
    std::unique_ptr<head_keeper> keeper_;  ///< ends after the thread, with the last head
    mutable std::mutex acknowledged_mutex_;
    trail_place acknowledged_;  ///< changed under the mutex, read by the writer without
    std::optional<std::string> lost_file_;  ///< what was found the last time
    steady_time next_file_look_{};
    std::uint64_t remembered_seq_ = 0;
    steady_time next_disk_look_{};
    steady_time next_attempt_{};
    std::chrono::milliseconds back_off_{0};

    mutable std::mutex mutex_;
    std::condition_variable filled_;
    fair_queue<entry> queue_;
    std::vector<entry> group_;  ///< what the writer is at: changed under the mutex, its work read by the writer without
    std::vector<entry> woken_;  ///< the writer thread's; keeps its memory
    bool is_stopping_ = false;
    bool has_ended_ = false;
    std::condition_variable ended_;

    mutable std::mutex condemned_mutex_;
    std::optional<failure> condemned_;
    std::atomic<bool> is_condemned_{false};
    std::atomic<bool> is_vouched_for_{false};

    std::mutex observer_mutex_;
    std::function<void(double, std::size_t)> observer_;

    std::atomic<std::uint64_t> published_changes_{0};
    std::atomic<std::size_t> queued_{0};
    std::atomic<bool> is_healthy_{true};
    std::atomic<disk_level> disk_{disk_level::ample};
    std::atomic<std::uint64_t> store_bytes_{0}, disk_free_bytes_{0};
    std::atomic<std::int64_t> busy_since_{0};  ///< steady nanoseconds; 0: idle
    std::atomic<std::int64_t> log_held_since_{0};  ///< steady nanoseconds; 0: not held
    std::atomic<std::uint64_t> audit_records_{0}, failures_{0}, refused_{0};

    std::thread thread_, watchman_;  ///< last: they use all of the above
};

}  // namespace hourkey::store
