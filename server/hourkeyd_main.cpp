#include "server/command_line.hpp"
#include "server/process_hardening.hpp"

int main(int argc, char** argv) {
    hourkey::server::harden_process();
    hourkey::server::hold_signals();
    return hourkey::server::run_command_line(argc, argv);
}
