#pragma once

namespace hourkey::server {

/// For commands other than the server: SIGINT, SIGTERM and SIGHUP end the process at once, by that signal, wherever it is, and
/// take away what it had half made. What it does in the database is a transaction.
void end_at_signals() noexcept;

}  // namespace hourkey::server
