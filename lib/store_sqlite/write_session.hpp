#pragma once

#include "store/submission.hpp"
#include "store/transaction.hpp"
#include "store_sqlite/reading.hpp"
#include "store_sqlite/settings.hpp"

#include <map>
#include <memory>
#include <string>

namespace hourkey::store {

/// The read-write connection with the chain's end as its file has it. After any failure of begin, run or commit it is
/// thrown away and a new one opened, which reads everything again.
class write_session final : private reading<transaction> {
public:
    /// `changes` is the count behind transaction::mark(); it and `s` outlive sessions.
    [[nodiscard]] static result<std::unique_ptr<write_session>> open(const settings& s, std::uint64_t& changes);

    [[nodiscard]] result<> begin();
    /// Whether another connection has committed since this session was opened. Inside a transaction the answer stays
    /// true to its end.
    [[nodiscard]] result<bool> has_stranger();
    /// Fails only when the connection is broken; what the work itself says is in the submission. Passes over one that
    /// was given up.
    [[nodiscard]] result<> run(submission& s);
    /// Moves the head once for all records of the group, and commits. Returns how many records there were.
    [[nodiscard]] result<std::uint64_t> commit();
    /// Whether the file is new, or was closed by mark_stopped() and not in use since. Before the first probe().
    [[nodiscard]] result<bool> was_stopped();
    /// One real, durable write: the file is in use.
    [[nodiscard]] result<> probe();
    [[nodiscard]] result<> mark_stopped();
    [[nodiscard]] sqlite_handle& handle() noexcept { return *db_; }
    /// The last record that is committed.
    [[nodiscard]] const trail_place& last() const noexcept { return committed_; }

private:
    write_session(std::unique_ptr<sqlite_handle> db, const settings& s, std::uint64_t& changes);
    [[nodiscard]] result<std::int64_t> read_data_version();
    [[nodiscard]] result<> load_chain_end(std::uint8_t active_key);
    [[nodiscard]] result<> move_head();
    /// Ends the lease that `j` has. The job, when it still is that one.
    [[nodiscard]] result<std::optional<model::job>> leave_job(const model::job& j);
    [[nodiscard]] result<std::uint64_t> next_tenant_seq(const ulid& tenant);
    /// Before the first statement of a change to what a vend may rest on. Counting one that fails costs a reader one
    /// more read, not counting one that happened would let a revoked right through. A new tenant, app or token takes no
    /// right away: nobody's vend rests on it yet.
    void count_change() noexcept { ++changes_; }

    result<row_change<model::tenant>> create_tenant(const model::tenant& t) override;
    result<row_change<model::tenant>> delete_tenant(const ulid& id, precondition demanded) override;
    result<row_change<model::app>> put_app(const model::app& a, precondition demanded) override;
    result<row_change<model::app>> delete_app(const ulid& tenant, const app_name& name, wall_time at,
                                              precondition demanded) override;
    result<row_change<model::connection>> put_connection(const model::connection& c, precondition demanded) override;
    result<row_change<model::connection>> set_connection_state(const ulid& tenant, const connection_name& name,
                                                               std::optional<model::connection_state> found,
                                                               wall_time at, precondition demanded) override;
    result<row_change<model::connection>> delete_connection(const ulid& tenant, const connection_name& name,
                                                            precondition demanded) override;
    result<row_change<model::grant>> put_grant(const model::grant& g, precondition demanded) override;
    result<row_change<model::grant>> delete_grant(const ulid& tenant, const connection_name& connection,
                                                  const std::optional<app_name>& app, precondition demanded) override;
    result<row_change<model::token>> create_token(const model::token& t) override;
    result<row_change<model::token>> revoke_token(const ulid& tenant, const ulid& id, wall_time at) override;
    result<> touch_token(const ulid& tenant, const ulid& id, wall_time used_at) override;
    result<model::job> put_job(const model::job& j) override;
    result<std::optional<model::job>> take_job(const model::job_key& key, const ulid& id,
                                               const model::job_lease& lease) override;
    result<> end_job(const model::job& j) override;
    result<> postpone_job(const model::job& j, wall_time until, const std::string& error) override;
    result<> end_leases() override;
    result<> rotate_key(std::uint8_t id, const model::audit_hash& check) override;
    result<> retire_key(std::uint8_t id) override;
    result<reseal_step> reseal(const reseal_place& from, std::size_t most) override {
        return rows_.unsealed.step(from, most);
    }
    result<std::uint64_t> append_audit(model::audit_record record) override;
    result<model::vend_view> read_vend(const ulid& token, const std::optional<connection_name>& connection) override {
        return read_vend_rows(token, connection, mark());
    }
    [[nodiscard]] model::authorisation_mark mark() const noexcept override { return {.epoch = changes_}; }
    [[nodiscard]] wall_time now() const override { return settings_.clock->now(); }

    std::unique_ptr<sqlite_handle> db_;
    const settings& settings_;
    std::uint64_t& changes_;

    trail_place end_;
    trail_place committed_;
    std::int64_t first_data_version_ = 0;
    bool has_changed_keys_ = false;
    bool has_lost_end_ = false;  ///< another process has written the trail
    std::map<ulid, std::uint64_t> tenant_seqs_;

    // https://sqlite.org/pragma.html#pragma_data_version: another one after each commit of somebody else, never after
    // our own.
    statement data_version_{*db_, "PRAGMA data_version"};
    statement begin_{*db_, "BEGIN IMMEDIATE"};
    statement commit_{*db_, "COMMIT"};
    statement save_{*db_, "SAVEPOINT work"};
    statement undo_{*db_, "ROLLBACK TO work"};
    statement release_{*db_, "RELEASE work"};
    statement was_stopped_{*db_, "SELECT count(*) FROM clean_stop"};
    statement in_use_{*db_, "DELETE FROM clean_stop"};
    statement stop_{*db_, "INSERT OR REPLACE INTO clean_stop (id, at) VALUES (1, ?1)"};
    statement probe_{*db_, "UPDATE installation SET probed_at = ?1 WHERE id = 1"};
};

}  // namespace hourkey::store
