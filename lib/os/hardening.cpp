#include "os/hardening.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

namespace hourkey::os {
namespace {

using handler = void (*)(int);
handler sigpipe_found = SIG_DFL, sigxfsz_found = SIG_DFL;

void forbid_dumps() noexcept {
#ifndef HOURKEY_SANITIZED  // LeakSanitizer traces its own process
    ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace

void harden_process() noexcept {
    ::umask(077);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    forbid_dumps();
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

void harden_client() noexcept {
    forbid_dumps();  // until execve(2), which takes it back
    sigpipe_found = std::signal(SIGPIPE, SIG_IGN);
    sigxfsz_found = std::signal(SIGXFSZ, SIG_IGN);
}

void leave_signals_as_found() noexcept {
    std::signal(SIGPIPE, sigpipe_found);
    std::signal(SIGXFSZ, sigxfsz_found);
}

}  // namespace hourkey::os
