#pragma once

#include "core/task.hpp"
#include "store/submission.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <utility>

namespace hourkey::store {

/// Who waits for a submission.
class waiter {
public:
    virtual ~waiter() = default;
    virtual void wake(ending how) = 0;
    /// True: it is woken when settings::patience has passed, whatever became of the submission.
    [[nodiscard]] virtual bool gives_up() const noexcept = 0;
    /// Where wake() must be called; null: anywhere.
    [[nodiscard]] virtual boost::asio::io_context* home() const noexcept = 0;
};

/// A suspended coroutine.
template <class Handler>
class suspended final : public waiter {
public:
    explicit suspended(Handler handler)
        : handler_(std::move(handler)),
          work_(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler_))) {}

    void wake(ending how) override {
        work_.reset();
        auto handler = std::move(handler_);
        handler(how);
    }
    [[nodiscard]] bool gives_up() const noexcept override { return true; }
    [[nodiscard]] boost::asio::io_context* home() const noexcept override { return &work_.get_executor().context(); }

private:
    Handler handler_;
    boost::asio::executor_work_guard<executor> work_;  // its io_context must not run dry meanwhile
};

/// A thread that waits for as long as it takes.
class blocked final : public waiter {
public:
    explicit blocked(std::promise<void> done) : done_(std::move(done)) {}
    void wake(ending) override { done_.set_value(); }
    [[nodiscard]] bool gives_up() const noexcept override { return false; }
    [[nodiscard]] boost::asio::io_context* home() const noexcept override { return nullptr; }

private:
    std::promise<void> done_;
};

}  // namespace hourkey::store
