#pragma once

namespace hourkey::os {

/// Blocks SIGTERM, SIGINT and SIGHUP in this and every later thread, so that wait_for_signal() takes them.
void hold_signals() noexcept;
/// The next of them.
[[nodiscard]] int wait_for_signal() noexcept;

}  // namespace hourkey::os
