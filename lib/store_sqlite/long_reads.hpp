#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "core/ulid.hpp"
#include "store/fair_queue.hpp"
#include "store/reader.hpp"
#include "store_sqlite/open_read_only.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace hourkey::store {

/// Reads that take milliseconds, as a page of a list does, on a thread of their own: who vends waits for none of them.
/// One at a time and behind the other threads, so that together they cost at most a part of a core.
class long_reads {
public:
    // A page of 1,000 audit records takes some 14 ms: a tenant makes others wait a tenth of a second at most.
    static constexpr std::size_t most_of_a_tenant = 8;
    // All of these are answered within a request's deadline. Whoever holds fewer than others gets a place at their
    // expense.
    static constexpr std::size_t most = 64;

    [[nodiscard]] static result<std::unique_ptr<long_reads>> start(const std::string& path,
                                                                   std::shared_ptr<const row_keys> keys = nullptr);
    /// What waits is ended with shutting_down. Every io_context whose coroutines wait must live until then.
    ~long_reads();
    long_reads(const long_reads&) = delete;
    long_reads& operator=(const long_reads&) = delete;

    /// Runs `work` there and resumes on the caller's executor. `work` owns what it uses, and `tenant` is whose share it
    /// takes (nil: the server's own). Beyond a tenant's share, and beyond all places: rate_limited.
    [[nodiscard]] task<result<>> run(ulid tenant, std::function<void(reader&)> work);

private:
    struct waiter {
        virtual ~waiter() = default;
        virtual void wake() = 0;
    };
    /// A suspended coroutine; its io_context must not run dry meanwhile.
    template <class Handler>
    struct suspended final : waiter {
        explicit suspended(Handler h)
            : handler(std::move(h)),
              work(boost::asio::make_work_guard(boost::asio::get_associated_executor(handler))) {}
        void wake() override { boost::asio::post(work.get_executor(), std::move(handler)); }
        Handler handler;
        boost::asio::executor_work_guard<executor> work;
    };
    struct job {
        ulid tenant;
        std::function<void(reader*)> read;  ///< null: it has to give way
        std::unique_ptr<waiter> who;
    };

    explicit long_reads(std::unique_ptr<reader> from);
    [[nodiscard]] result<> take_place(const ulid& tenant);
    void give_back_place(const ulid& tenant);
    void enqueue(job j);
    void serve();
    [[nodiscard]] static failure no_place();

    [[nodiscard]] task<> wait(ulid tenant, std::function<void(reader*)> read) {
        auto hand_over = [this, tenant, &read]<class Handler>(Handler handler) {
            enqueue({tenant, std::move(read), std::make_unique<suspended<Handler>>(std::move(handler))});
        };
        co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<executor>, void()>(std::move(hand_over),
                                                                                                   use_task);
    }

    std::unique_ptr<reader> reader_;
    std::mutex mutex_;
    std::condition_variable filled_;
    fair_queue<job> queue_{most};
    std::map<ulid, std::size_t> places_;  ///< taken, by tenant: what waits and what runs
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace hourkey::store
