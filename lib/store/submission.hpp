#pragma once

#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "store/transaction.hpp"

#include <cstdint>
#include <functional>
#include <utility>

namespace hourkey::store {

/// One piece of work for the writer thread. It lives in its caller's frame, which stays suspended until it is settled;
/// so `work` may refer to that frame.
class submission {
public:
    /// savepoint: what a failed work has changed is undone. none: for work that changes nothing unless it succeeds; spares
    /// every vend two statements.
    enum class isolation { savepoint, none };

    explicit submission(isolation i) noexcept : isolation_(i) {}
    virtual ~submission() = default;
    submission(const submission&) = delete;
    submission& operator=(const submission&) = delete;

    [[nodiscard]] isolation needs() const noexcept { return isolation_; }
    /// False: its changes must not stay.
    [[nodiscard]] virtual bool run(transaction& in) = 0;
    /// Takes the place of whatever run() gave.
    virtual void fail(const failure& f) = 0;

private:
    isolation isolation_;
};

template <class T>
class work_submission final : public submission {
public:
    explicit work_submission(std::function<result<T>(transaction&)> work) : submission(isolation::savepoint), work_(std::move(work)) {}

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

/// A vend's: decide on what the transaction sees, then insert one record.
class append_submission final : public submission {
public:
    using decision = std::function<result<model::audit_record>(transaction&)>;
    explicit append_submission(decision decide) : submission(isolation::none), decide_(std::move(decide)) {}

    bool run(transaction& in) override {
        const auto record = decide_(in);
        outcome_ = record ? in.append_audit(*record) : result<std::uint64_t>(record.error());
        return outcome_.has_value();
    }
    void fail(const failure& f) override { outcome_ = f; }
    [[nodiscard]] result<std::uint64_t> take() { return std::move(outcome_); }

private:
    decision decide_;
    result<std::uint64_t> outcome_ = failure(errc::internal);
};

}  // namespace hourkey::store
