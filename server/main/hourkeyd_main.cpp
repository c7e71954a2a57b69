#include "command/command_line.hpp"
#include "crypto/openssl_memory.hpp"
#include "obs/log.hpp"
#include "os/descriptor_limit.hpp"
#include "os/hardening.hpp"
#include "os/signals.hpp"
#include "server/commands/report.hpp"
#include "server/main/hourkeyd_program.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using namespace hourkey;
#ifndef HOURKEY_SANITIZED  // sanitizers watch malloc themselves
    if (!crypto::scrub_openssl_memory()) {
        std::fputs("hourkeyd: OpenSSL was used before its memory could be guarded\n", stderr);
        return command::exit_unavailable;
    }
#endif
    os::harden_process();
    os::raise_descriptor_limit();
    os::hold_signals();
    obs::flush_at_terminate();
    try {
        const auto code = command::run(server::hourkeyd_program(), argc, argv);
        obs::flush();
        return code;
    } catch (const std::exception& e) {
        return server::report(failure(errc::internal, {}, {}, e.what()));
    }
}
