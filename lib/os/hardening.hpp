#pragma once

namespace hourkey::os {

/// No core file, no ptrace by the same user, files private by default, and no death by SIGPIPE or SIGXFSZ (a full quota
/// is an error of the write, which the store handles). Before any thread and any secret.
void harden_process() noexcept;

}  // namespace hourkey::os
