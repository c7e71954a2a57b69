#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace hourkey::server {

/// Work that waits for a disk, one piece after another, on a thread that begins with the first: whoever asks for it
/// goes on serving others. For one reactor, which ends before this, and whose io_context goes after.
class side_thread {
public:
    /// Resumes on the caller's reactor. `work` owns what it uses, or refers to what goes after this.
    template <class T>
    [[nodiscard]] task<result<T>> run(std::function<result<T>()> work) {
        const auto outcome = std::make_shared<result<T>>(failure(errc::internal));
        std::function<void()> guarded = [outcome, work = std::move(work)] {
            try {
                *outcome = work();
            } catch (const std::exception& e) {
                *outcome = failure(errc::internal, {}, {}, e.what());
            }
        };
        co_await wait(std::move(guarded));
        co_return std::move(*outcome);
    }

private:
    [[nodiscard]] task<> wait(std::function<void()> work) {
        auto hand_over = [this, &work]<class Handler>(Handler handler) {
            if (!thread_) thread_.emplace(1);
            auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
            boost::asio::post(
                *thread_, [work = std::move(work), handler = std::move(handler), guard = std::move(guard)]() mutable {
                    work();
                    boost::asio::post(guard.get_executor(), std::move(handler));
                });
        };
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<executor>, void()>(std::move(hand_over),
                                                                                                   use_task);
    }

    std::optional<boost::asio::thread_pool> thread_;  ///< ends what it is at
};

}  // namespace hourkey::server
