#include "clients/cli/output/report.hpp"
#include "clients/cli/program.hpp"
#include "command/command_line.hpp"
#include "crypto/openssl_memory.hpp"
#include "os/hardening.hpp"

#include <cstdio>
#include <exception>

#include <nss.h>

int main(int argc, char** argv) {
    using namespace hourkey;
#ifndef HOURKEY_SANITIZED  // sanitizers watch malloc themselves
    if (!crypto::scrub_openssl_memory()) {
        std::fputs("hourkey: OpenSSL was used before its memory could be guarded\n", stderr);
        return command::exit_unavailable;
    }
#endif
#ifdef HOURKEY_STATIC
    // Names come from /etc/hosts and DNS, which are part of a static glibc. What else nsswitch.conf may name are shared
    // libraries of whatever glibc this machine has, which would be loaded beside ours and may end the process.
    ::__nss_configure_lookup("hosts", "files dns");
#endif
    os::harden_client();
    try {
        return command::run(cli::hourkey_program(), argc, argv);
    } catch (const std::exception& e) {
        return cli::report(failure(errc::internal, {}, {}, e.what()));
    }
}
