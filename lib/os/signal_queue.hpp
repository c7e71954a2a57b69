#pragma once

#include "core/task.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <csignal>
#include <initializer_list>
#include <optional>

namespace hourkey::os {

struct received_signal {
    int number = 0;
    /// The kernel's own: a key of the terminal or its end, which the whole foreground group is told of.
    bool is_from_terminal = false;
};

/// Signals as something to wait for: held back from this and every later thread while it lives.
class signal_queue {
public:
    signal_queue(const executor& on, std::initializer_list<int> which);
    ~signal_queue();
    signal_queue(const signal_queue&) = delete;
    signal_queue& operator=(const signal_queue&) = delete;

    /// The next one. One coroutine at a time.
    [[nodiscard]] task<received_signal> next();
    /// One that has come already.
    [[nodiscard]] std::optional<received_signal> take() noexcept;

    /// What was held back before, for a program that is started.
    [[nodiscard]] const sigset_t& mask_before() const noexcept { return before_; }

private:
    sigset_t before_{};
    boost::asio::posix::basic_stream_descriptor<executor> from_;
};

}  // namespace hourkey::os
