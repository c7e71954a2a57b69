#include "server/commands/interruption.hpp"

#include "store/partial_file.hpp"

#include <csignal>
#include <initializer_list>

#include <unistd.h>

namespace hourkey::server {
namespace {

/// Runs in a signal's handler.
void end_now(int signal) noexcept {
    store::remove_partial_files();
    ::raise(signal);       // SA_RESETHAND: now with its own effect
    ::_exit(128 + signal);  // process 1 of a container survives that
}

}  // namespace

void end_at_signals() noexcept {
    sigset_t ending;
    sigemptyset(&ending);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&ending, signal);
        struct sigaction before{};
        ::sigaction(signal, nullptr, &before);
        if (before.sa_handler == SIG_IGN) continue;  // as nohup asks for
        struct sigaction action{};
        action.sa_handler = end_now;
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
        ::sigaction(signal, &action, nullptr);
    }
    ::pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

}  // namespace hourkey::server
