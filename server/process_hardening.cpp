#include "server/process_hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <initializer_list>

namespace hourkey::server {
namespace {

sigset_t held_signals() noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
    return set;
}

}  // namespace

void harden_process() noexcept {
    ::umask(077);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef HOURKEY_SANITIZED  // LeakSanitizer traces its own process
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

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

}  // namespace hourkey::server
