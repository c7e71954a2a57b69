#pragma once

namespace hourkey::server {

/// No core file, no ptrace by the same user, files private by default, and no death by SIGPIPE or SIGXFSZ (a full quota is
/// an error of the write, which the store handles). Before any thread and any secret.
void harden_process() noexcept;

/// Blocks SIGTERM, SIGINT and SIGHUP in this and every later thread, so that wait_for_signal() takes them.
void hold_signals() noexcept;
/// The next of them.
[[nodiscard]] int wait_for_signal() noexcept;

}  // namespace hourkey::server
