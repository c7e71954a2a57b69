#include "os/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace hourkey::os {
namespace {

sigset_t held_signals() noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
    return set;
}

}  // namespace

void hold_signals() noexcept {
    const auto set = held_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int wait_for_signal() noexcept {
    const auto set = held_signals();
    int signal = 0;
    while (sigwait(&set, &signal) != 0) {}
    return signal;
}

signal_pause::signal_pause() noexcept {
    auto ending = held_signals();
    sigaddset(&ending, SIGQUIT);
    ::pthread_sigmask(SIG_BLOCK, &ending, &before_);
}

signal_pause::~signal_pause() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace hourkey::os
