#include "net/reactor.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace hourkey::net {

reactor::reactor() {
    collect_later();
    sweep_later();
}

reactor::~reactor() {
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
