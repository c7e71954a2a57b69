#pragma once

#include "core/clock.hpp"
#include "core/steady_timer.hpp"
#include "core/task.hpp"
#include "net/readiness.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace hourkey::net {

/// Something with a deadline that the sweeper ends. Its waits are cancelled, its descriptor stays open: a closed number
/// would be reused by the next accept while its owner is still suspended elsewhere, and the owner's later write would
/// reach another client. expire() is called once, after which only watch() makes it count again. It must not destroy
/// anything that is watched.
class swept : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual ~swept() = default;
    virtual void expire() noexcept = 0;
    steady_time expires_at = steady_time::max();
};

/// A way into a reactor for a thread that may outlive it. A value.
class reactor_handle {
public:
    /// Thread-safe. `what` runs on the reactor's thread; once the reactor has ended it is destroyed on the caller's.
    void post(std::function<void()> what) const;

private:
    friend class reactor;
    struct target {
        std::mutex mutex;
        boost::asio::io_context* context;  ///< null: the reactor has ended
    };
    explicit reactor_handle(boost::asio::io_context& context) : target_(std::make_shared<target>()) {
        target_->context = &context;
    }
    std::shared_ptr<target> target_;
};

/// One thread's io_context, its descriptors and its sweeper. A request lives and dies on one reactor.
class reactor {
public:
    /// Deadlines are kept to within this; far below any of them, and cheap at thousands of connections.
    static constexpr std::chrono::milliseconds sweep_period{100};

    reactor();
    ~reactor();
    reactor(const reactor&) = delete;
    reactor& operator=(const reactor&) = delete;

    [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
    [[nodiscard]] executor get_executor() noexcept { return context_.get_executor(); }

    /// Runs until stop(); the calling thread becomes the reactor's.
    void run();
    /// Thread-safe.
    void stop() noexcept;

    [[nodiscard]] readiness& descriptors() noexcept { return descriptors_; }
    void watch(swept& s) noexcept { swept_.push_back(s); }

    [[nodiscard]] const reactor_handle& handle() const noexcept { return handle_; }

    /// Starts a coroutine that nobody awaits. An exception that escapes it goes to `on_escaped` (default: ignored after
    /// being counted), never out of run().
    void spawn(task<> t);
    std::function<void(const char* what)> on_escaped;
    [[nodiscard]] std::uint64_t escaped() const noexcept { return escaped_; }

private:
    void collect_later();
    void sweep_later();
    void sweep(steady_time now) noexcept;

    readiness descriptors_{context_};
    boost::asio::io_context context_{1};
    reactor_handle handle_{context_};
    boost::asio::posix::basic_stream_descriptor<executor> events_{
        context_, descriptors_.epoll()};  ///< whose descriptor `descriptors_` closes
    steady_timer timer_{context_};
    boost::intrusive::list<swept, boost::intrusive::constant_time_size<false>> swept_;
    std::uint64_t escaped_ = 0;
};

}  // namespace hourkey::net
