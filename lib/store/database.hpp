#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "model/audit_record.hpp"
#include "store/audit_sealer.hpp"
#include "store/file_watch.hpp"
#include "store/head_keeper.hpp"
#include "store/reader.hpp"
#include "store/row_seal.hpp"
#include "store/submission.hpp"
#include "store/transaction.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hourkey::store {

/// What open() does about a database that is not there, or not where it has been.
enum class missing_database {
    make,     ///< a first start: there has been none
    refuse,   ///< what once existed is missed
    make_anew ///< somebody insists: what is remembered does not count
};

struct settings {
    std::string path;
    missing_database when_missing = missing_database::make;
    std::shared_ptr<const head_file> remembered;  ///< null: nothing is remembered outside the database
    std::vector<watched_file> watched;            ///< besides the database's own files
    file_notice tell = [](const std::string&, const std::string&) {};  ///< called on the store's threads
    audit_sealer sealer;
    std::shared_ptr<const store::row_key> row_key;  ///< never null
    /// A MAC of a fixed text under the server key: a database opened with another key is refused before anything is
    /// written.
    model::audit_hash key_check{};
    std::uint64_t min_free_bytes =
        64ULL * 1024 * 1024;  ///< below it only what takes rights away is written (disk_space.hpp); reads go on
    std::size_t max_queue = 4096;  ///< then a tenant's further writes are refused with store_unavailable, while others
                                   ///< get a share (fair_queue)
    /// A group of a thousand vends would take 30 ms of whoever comes next; the fsync is shared well enough by these.
    std::size_t most_in_group = 256;
    /// How long a write may take, wait and commit, before its caller is told so, and how long the writer may
    /// be busy before it takes none. After the 10 s that STS has by default it still fits into a request's 15 s.
    std::chrono::milliseconds patience{4'000};
    /// A commit that takes longer is a stalled disk: nobody should call STS for a vend that cannot be recorded.
    std::chrono::milliseconds stall_limit{1'000};
    const clock_source* clock = nullptr;
    std::function<bool()> wants_stop = [] {
        return false;
    };  ///< asked while a large file is copied; true: open() fails
};

/// What the writer has done since start; thread-safe to read.
struct writer_figures {
    std::uint64_t audit_records = 0;
    std::uint64_t failures = 0;  ///< commits and checkpoints
    std::uint64_t refused =
        0;  ///< writes that the writer did not take, gave up, or was not even asked for because it could not
    std::uint64_t broken_seals = 0;  ///< rows refused because something else wrote them
    bool healthy = true;
    /// For how long somebody's snapshot of the database has kept its log (the WAL file) from being copied back; 0: not
    /// at all.
    std::chrono::nanoseconds log_held_for{0};
    std::uint64_t store_bytes = 0;  ///< the database and its write-ahead log, as of the last look
    std::uint64_t disk_free_bytes = 0;
};

/// How far the file is known to be whole. A start reads only what it needs, whatever the file's size.
enum class soundness : unsigned char {
    trusted,  ///< the last stop was clean; nothing has been read through since
    doubtful,  ///< the last one was not: read_through() is due
    checking,
    sound,  ///< read through since the start, or while it started: a small file always is
    damaged,  ///< read through, and not whole: nothing is written any more
};
[[nodiscard]] std::string_view to_text(soundness s) noexcept;

/// One SQLite file: the lock that keeps a second process out, the migrations, and the writer thread, which owns the
/// only read-write connection and commits in groups: everything queued goes into one transaction with one fsync.
/// Debian's SQLite can corrupt a WAL database when one connection checkpoints while another commits
/// (https://sqlite.org/wal.html#walresetbug), so this connection alone writes and checkpoints.
class database {
public:
    /// Takes the lock file, makes the file (mode 0600) when there is none, copies it before a migration, migrates,
    /// reads every pragma back, checks the key and the chain's end. How long that takes does not depend on the file's
    /// size, unless it migrates. Fails with store_unavailable (also: locked by another process), schema_too_new,
    /// wrong_server_key, store_corrupt (also: not there, empty, or older than what is remembered).
    [[nodiscard]] static result<std::unique_ptr<database>> open(settings s);
    /// Commits what is queued, checkpoints, releases the lock. Every io_context whose coroutines wrote must live until
    /// then: the writer may still be inside its last post to it when the coroutine has already gone on.
    ~database();

    /// Commits what is queued and ends the writer: every later write is refused. Returns where the trail has ended.
    [[nodiscard]] trail_place close();

    /// The last record that is known to be durable, as the writer knows it: whatever the file under the store's name
    /// says.
    [[nodiscard]] trail_place trail_end() const;

    /// A read-only handle for one thread.
    [[nodiscard]] result<std::unique_ptr<reader>> open_reader() const;

    /// Runs `work` on the writer thread inside the group's transaction, in a savepoint of its own: when it fails, only
    /// its changes are undone. Resumes on the caller's executor after the commit is durable. Any I/O error fails the
    /// whole group: before the commit with store_unavailable, of the commit itself with outcome_unknown. The connection
    /// is closed and reopened, the chain's head is read again, nothing is retried. Past settings::patience it fails
    /// whatever the disk does: work that had not begun will not run (store_unavailable), what had may still become
    /// durable (outcome_unknown). So `work` must own what it uses.
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
    /// Returns the record's seq once it is durable; past settings::patience it fails as write() does.
    [[nodiscard]] task<result<std::uint64_t>> append(std::shared_ptr<append_submission> what);

    /// Changes with every committed change to what authorisation reads: connections, grants, and the ends of tenants,
    /// apps and tokens. reader::read_vend() loads it BEFORE its snapshot begins; a transaction whose mark() is still
    /// that need not read again. Why that is right: the writer counts a change when it makes it (transaction::mark())
    /// and publishes the count here only after the commit. A number N loaded here was published, so all N changes were
    /// committed before the facts' snapshot began and are in it. If the transaction's count is still N, no further
    /// change has been made up to that point of the writer's order, its own group included. Changes undone or lost with
    /// a failed group stay counted: that costs a re-read, never a stale answer.
    [[nodiscard]] model::authorisation_mark authorisation() const noexcept;

    /// True when ordinary writes would be taken now: writer healthy, not stalled in a commit, queue not full, disk
    /// above its floor. Cheap.
    [[nodiscard]] bool is_writable() const noexcept;
    /// The same for a tenant's: in a full queue it may have a place that another has not.
    [[nodiscard]] bool is_writable_for(const ulid& tenant) const;
    /// For what takes rights away: below the disk's floor too, down to its reserve.
    [[nodiscard]] bool can_take_rights_away() const noexcept;
    /// A write that was not sent because of that, for the figures.
    void count_refused() noexcept;
    [[nodiscard]] writer_figures figures() const noexcept;
    [[nodiscard]] soundness checked() const noexcept;
    /// Reads the file through on a thread of its own, once; `ended` is told there what was found. A damaged file takes
    /// no more writes. The database's end breaks it off; then it stays doubtful for the next start too.
    void read_through(std::function<void(const result<>&)> ended);

    /// Seconds each group's commit took; called on the writer thread.
    void on_commit(std::function<void(double seconds, std::size_t writes)> observer);

private:
    struct state;
    explicit database(std::unique_ptr<state>);
    [[nodiscard]] task<ending> submit(std::shared_ptr<submission> s);
    void submit_and_wait(std::shared_ptr<submission> s);
    [[nodiscard]] static failure given_up(ending how);
    std::unique_ptr<state> state_;
};

}  // namespace hourkey::store
