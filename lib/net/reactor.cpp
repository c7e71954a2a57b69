#include "net/reactor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace hourkey::net {

void reactor_handle::post(std::function<void()> what) const {
    const std::scoped_lock alive(target_->mutex);
    if (target_->context != nullptr) boost::asio::post(*target_->context, std::move(what));
}

reactor::reactor() {
    collect_later();
    sweep_later();
}

reactor::~reactor() {
    {
        const std::scoped_lock ending(handle_.target_->mutex);
        handle_.target_->context = nullptr;
    }
    descriptors_.abandon_waiting();
    events_.release();
}

void reactor::run() {
    const auto working = boost::asio::make_work_guard(context_);
    context_.run();
}

void reactor::stop() noexcept { context_.stop(); }

void reactor::spawn(task<> t) {
    boost::asio::co_spawn(context_, std::move(t), [this](const std::exception_ptr& escaped) {
        if (!escaped) return;
        ++escaped_;
        if (!on_escaped) return;
        try {
            std::rethrow_exception(escaped);
        } catch (const std::exception& e) {
            on_escaped(e.what());
        } catch (...) {
            on_escaped("something that is not a std::exception");
        }
    });
}

void reactor::collect_later() {
    events_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const boost::system::error_code& ec) {
        if (ec) return;
        descriptors_.collect();
        collect_later();
    });
}

void reactor::sweep_later() {
    timer_.expires_after(sweep_period);
    timer_.async_wait([this](const boost::system::error_code& ec) {
        if (ec) return;
        sweep(std::chrono::steady_clock::now());
        sweep_later();
    });
}

void reactor::sweep(steady_time now) noexcept {
    for (auto at = swept_.begin(); at != swept_.end();) {
        auto& candidate = *at++;
        if (candidate.expires_at > now) continue;
        candidate.unlink();
        candidate.expire();  // may watch() itself anew; may not destroy anything
    }
}

}  // namespace hourkey::net
