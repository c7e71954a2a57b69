#pragma once

namespace hourkey::os {

/// Tells systemd (Type=notify) that this program is ready; nothing when it did not start us. So a start that fails is
/// one that `systemctl start` shows. https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
void notify_ready() noexcept;

}  // namespace hourkey::os
