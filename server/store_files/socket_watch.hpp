#pragma once

#include <string>

#include <sys/stat.h>

namespace hourkey::server {

/// Whether the control socket is still the one under its name: without it no command reaches the server.
class socket_watch {
public:
    socket_watch() = default;
    explicit socket_watch(std::string path);
    /// True once for each change: gone, another one, or shut to its owner.
    [[nodiscard]] bool has_changed();
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    struct stat seen_{};
};

}  // namespace hourkey::server
