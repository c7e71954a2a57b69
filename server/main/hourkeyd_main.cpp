#include "crypto/openssl_memory.hpp"
#include "obs/log.hpp"
#include "os/descriptor_limit.hpp"
#include "os/hardening.hpp"
#include "os/signals.hpp"
#include "server/commands/report.hpp"
#include "server/main/command_line.hpp"

#include <cstdio>

int main(int argc, char** argv) {
#ifndef HOURKEY_SANITIZED  // sanitizers watch malloc themselves
    if (!hourkey::crypto::scrub_openssl_memory()) {
        std::fputs("hourkeyd: OpenSSL was used before its memory could be guarded\n", stderr);
        return hourkey::server::exit_unavailable;
    }
#endif
    hourkey::os::harden_process();
    hourkey::os::raise_descriptor_limit();
    hourkey::os::hold_signals();
    hourkey::obs::flush_at_terminate();
    return hourkey::server::run_command_line(argc, argv);
}
