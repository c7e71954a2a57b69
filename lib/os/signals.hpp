#pragma once

#include <csignal>

namespace hourkey::os {

/// Blocks SIGTERM, SIGINT and SIGHUP in this and every later thread, so that wait_for_signal() takes them.
void hold_signals() noexcept;
/// The next of them.
[[nodiscard]] int wait_for_signal() noexcept;

/// No signal that ends a program at a person's wish comes to this thread as long as it lives; what came meanwhile comes
/// then. For the moments in which a file with a secret in it has no name that anybody would look for.
class signal_pause {
public:
    signal_pause() noexcept;
    ~signal_pause();
    signal_pause(const signal_pause&) = delete;
    signal_pause& operator=(const signal_pause&) = delete;

private:
    sigset_t before_;
};

}  // namespace hourkey::os
