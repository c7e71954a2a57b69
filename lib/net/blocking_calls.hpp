#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "net/reactor.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace hourkey::net {

/// Waits for calls, one after the other, on a reactor of its own: for the command line.
class blocking_calls {
public:
    /// `gives_up` is asked several times a second while an answer is awaited; true ends the wait with shutting_down.
    /// Empty: never.
    explicit blocking_calls(std::function<bool()> gives_up = {}) : gives_up_(std::move(gives_up)) {}

    [[nodiscard]] net::reactor& reactor() noexcept { return reactor_; }

    /// `what` owns all that it uses: given up, it lies in the reactor until that goes.
    template <class T>
    [[nodiscard]] result<T> wait(task<result<T>> what) {
        const auto done = std::make_shared<std::optional<result<T>>>();
        reactor_.spawn(end_with(std::move(what), reactor_, done));
        HK_CHECK(run_until_stopped());
        if (!*done) return failure(errc::internal);
        return std::move(**done);
    }

private:
    template <class T>
    static task<> end_with(task<result<T>> what, net::reactor& on, std::shared_ptr<std::optional<result<T>>> into) {
        try {
            into->emplace(co_await std::move(what));
        } catch (const std::exception& e) {
            into->emplace(failure(errc::internal, {}, {}, e.what()));
        }
        on.stop();
    }
    [[nodiscard]] result<> run_until_stopped();

    std::function<bool()> gives_up_;
    net::reactor reactor_;
};

}  // namespace hourkey::net
