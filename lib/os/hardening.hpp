#pragma once

namespace hourkey::os {

/// No core file, no ptrace by the same user, files private by default, and no death by SIGPIPE or SIGXFSZ (a full quota
/// is an error of the write, which the store handles). Before any thread and any secret.
void harden_process() noexcept;

/// For a program that ends by becoming another one: no core file and no ptrace of its own, no death by SIGPIPE or
/// SIGXFSZ, and nothing of that is left to the other one. Before any thread and any secret.
void harden_client() noexcept;
/// SIGPIPE and SIGXFSZ are what they were before harden_client(): just before execve(2), or in a child before it.
void leave_signals_as_found() noexcept;

}  // namespace hourkey::os
