#pragma once

#include "store/database.hpp"
#include "store_sqlite/settings.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace hourkey::store {

/// One SQLite file: the lock that keeps a second process out, the migrations, and the writer thread, which owns the
/// only read-write connection and commits in groups: everything queued goes into one transaction with one fsync.
/// Debian's SQLite can corrupt a WAL database when one connection checkpoints while another commits
/// (https://sqlite.org/wal.html#walresetbug), so this connection alone writes and checkpoints.
/// Reads of a few rows run where they are asked for: they take microseconds.
class sqlite_database final : public database {
public:
    /// Takes the lock file, makes the file (mode 0600) when there is none, copies it before a migration, migrates,
    /// reads every pragma back, checks the key and the chain's end. How long that takes does not depend on the file's
    /// size, unless it migrates. Fails with store_unavailable (also: locked by another process), schema_too_new,
    /// wrong_server_key, store_corrupt (also: not there, empty, or older than what is remembered).
    [[nodiscard]] static result<std::unique_ptr<sqlite_database>> open(settings s);
    /// Commits what is queued, checkpoints, releases the lock. Every io_context whose coroutines wrote must live until
    /// then: the writer may still be inside its last post to it when the coroutine has already gone on.
    ~sqlite_database() override;

    trail_place close() override;
    [[nodiscard]] trail_place trail_end() const override;
    /// A read-only handle for one thread.
    [[nodiscard]] result<std::unique_ptr<reader>> open_reader() const;
    [[nodiscard]] task<result<model::vend_view>> read_vend(ulid token,
                                                           std::optional<connection_name> connection) override;
    [[nodiscard]] model::authorisation_mark authorisation() const noexcept override;
    [[nodiscard]] result<> seal_memory_anew() override;
    [[nodiscard]] bool is_writable() const noexcept override;
    [[nodiscard]] bool is_writable_for(const ulid& tenant) const override;
    [[nodiscard]] bool can_take_rights_away() const noexcept override;
    void count_refused() noexcept override;
    [[nodiscard]] writer_figures figures() const noexcept override;
    [[nodiscard]] soundness checked() const noexcept override;
    /// On a thread of its own. The database's end breaks it off; then it stays doubtful for the next start too.
    void read_through(std::function<void(const result<>&)> ended) override;
    void on_commit(std::function<void(double seconds, std::size_t writes)> observer) override;

private:
    struct state;
    explicit sqlite_database(std::unique_ptr<state>);
    [[nodiscard]] task<result<>> serve(const std::function<void(reader&)>& work) override;
    [[nodiscard]] task<result<>> serve_slowly(ulid tenant, std::function<void(reader&)> work) override;
    void enqueue(std::shared_ptr<submission> s, std::unique_ptr<waiter> w) override;
    [[nodiscard]] result<std::unique_ptr<reader>> borrow();
    void give_back(std::unique_ptr<reader> r);

    std::unique_ptr<state> state_;
};

}  // namespace hourkey::store
