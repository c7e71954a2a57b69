#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "store/transaction.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace hourkey::store {

/// What the caller does when it is not known whether something was stored.
inline constexpr std::string_view look_first = "Look whether it was before you send it again.";

/// How the wait for a submission ended. Only a settled one has an outcome to take.
enum class ending {
    settled,
    not_begun,  ///< given up in time: it will not run
    unknown     ///< given up while the writer was at it: it may still become durable
};

/// Below the disk's floor there is a reserve for what takes rights away, and it goes first among its tenant's writes.
enum class purpose : unsigned char { ordinary, takes_rights_away };

/// Whose work it is, for a share of the queue (nil: the server's own, or an operator's), and what for.
struct origin {
    ulid whose{};
    purpose what_for = purpose::ordinary;
};

/// One piece of work for the writer thread. It owns what it needs: whoever waits for it may be gone before it runs.
class submission {
public:
    /// savepoint: what a failed work has changed is undone. none: for work that changes nothing unless it succeeds;
    /// spares every vend two statements.
    enum class isolation { savepoint, none };

    submission(isolation i, origin from) noexcept : origin_(from), isolation_(i) {}
    virtual ~submission() = default;
    submission(const submission&) = delete;
    submission& operator=(const submission&) = delete;

    [[nodiscard]] isolation needs() const noexcept { return isolation_; }
    [[nodiscard]] const origin& from() const noexcept { return origin_; }
    /// One of the two comes first: the writer, that may then run it, or the one who gives up, after which it must not
    /// run.
    [[nodiscard]] bool begin() noexcept { return leave_queue(stage::begun); }
    [[nodiscard]] bool abandon() noexcept { return leave_queue(stage::abandoned); }

    /// False: its changes must not stay.
    [[nodiscard]] virtual bool run(transaction& in) = 0;
    /// Takes the place of whatever run() gave.
    virtual void fail(const failure& f) = 0;

private:
    enum class stage : unsigned char { queued, begun, abandoned };
    [[nodiscard]] bool leave_queue(stage to) noexcept {
        auto from = stage::queued;
        return stage_.compare_exchange_strong(from, to);
    }

    origin origin_;
    isolation isolation_;
    std::atomic<stage> stage_{stage::queued};
};

template <class T>
class work_submission final : public submission {
public:
    explicit work_submission(std::function<result<T>(transaction&)> work, origin from = {})
        : submission(isolation::savepoint, from), work_(std::move(work)) {}

    bool run(transaction& in) override {
        outcome_ = work_(in);
        return outcome_.has_value();
    }
    void fail(const failure& f) override { outcome_ = f; }
    [[nodiscard]] result<T> take() { return std::move(outcome_); }

private:
    std::function<result<T>(transaction&)> work_;
    result<T> outcome_ = failure(errc::internal);
};

/// What a record rests on, for the store to look whether it still holds.
struct vend_basis {
    ulid token;
    std::optional<connection_name> connection;
    model::authorisation_mark seen;
    wall_time until = wall_time::max();  ///< the first end of any of it
};

/// A vend's: decide once more where that is needed, then insert one record.
class append_submission : public submission {
public:
    /// Without a basis it is a record of something that gave nobody anything.
    explicit append_submission(model::audit_record record, std::optional<vend_basis> basis = {})
        : submission(isolation::none, {.whose = record.tenant_id, .what_for = purpose::ordinary}),
          record_(std::move(record)),
          basis_(std::move(basis)) {}

    bool run(transaction& in) final {
        const auto decided = decide_in(in);
        outcome_ = decided ? in.append_audit(std::move(record_)) : result<std::uint64_t>(decided.error());
        return outcome_.has_value();
    }
    void fail(const failure& f) final { outcome_ = f; }
    [[nodiscard]] result<std::uint64_t> take() { return std::move(outcome_); }

private:
    /// Called when what the basis rests on may have changed, with all of it as the transaction sees it; broken_seal
    /// when the token's row is not ours. May amend the record; a failure appends nothing.
    virtual result<> decide_again(const result<model::vend_view>& /*fresh*/, wall_time /*now*/, model::audit_record&) {
        return {};
    }
    /// Whether something outside the store has changed what it says.
    [[nodiscard]] virtual bool is_doubtful() const { return false; }

    [[nodiscard]] result<> decide_in(transaction& in) {
        if (!basis_) return {};
        const auto now = in.now();
        if (in.mark() == basis_->seen && now < basis_->until && !is_doubtful()) return {};
        return decide_again(in.read_vend(basis_->token, basis_->connection), now, record_);
    }

    model::audit_record record_;
    std::optional<vend_basis> basis_;
    result<std::uint64_t> outcome_ = failure(errc::internal);
};

}  // namespace hourkey::store
