#include "crypto/openssl_memory.hpp"
#include "obs/log.hpp"
#include "server/command_line.hpp"
#include "server/commands/report.hpp"
#include "server/descriptor_limit.hpp"
#include "server/process_hardening.hpp"

#include <cstdio>

int main(int argc, char** argv) {
#ifndef HOURKEY_SANITIZED  // sanitizers watch malloc themselves
    if (!hourkey::crypto::scrub_openssl_memory()) {
        std::fputs("hourkeyd: OpenSSL was used before its memory could be guarded\n", stderr);
        return hourkey::server::exit_unavailable;
    }
#endif
    hourkey::server::harden_process();
    hourkey::server::raise_descriptor_limit();
    hourkey::server::hold_signals();
    hourkey::obs::flush_at_terminate();
    return hourkey::server::run_command_line(argc, argv);
}
