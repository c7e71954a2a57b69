#pragma once

#include <functional>

namespace hourkey::server {

/// For commands other than the server: SIGINT, SIGTERM and SIGHUP end the process at once, by that signal, wherever it
/// is, and take away what it had half made. What it does in the database is a transaction.
void end_at_signals();

/// What the command has asked of a server meanwhile: `what` takes it back, given a second for it. Empty: nothing any
/// more.
void take_back_at_signals(std::function<void()> what);

}  // namespace hourkey::server
