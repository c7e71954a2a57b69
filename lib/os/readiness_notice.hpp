#pragma once

namespace hourkey::server {

/// Tells systemd (Type=notify) that the server is ready; nothing when it did not start us. So a start that fails is one
/// that `systemctl start` shows. https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
void notify_ready() noexcept;

}  // namespace hourkey::server
