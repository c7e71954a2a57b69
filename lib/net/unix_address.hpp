#pragma once

#include "core/failure.hpp"
#include "os/unique_descriptor.hpp"

#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace hourkey::net {

/// The address of a socket file. A path too long for sun_path (108 bytes) is reached through its opened directory,
/// which this object keeps open: use it while it lives.
class unix_address {
public:
    /// Fails with invalid_configuration when the directory cannot be opened or the file's name alone is too long.
    [[nodiscard]] static result<unix_address> make(const std::string& path);

    [[nodiscard]] const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address_); }
    [[nodiscard]] socklen_t size() const noexcept { return sizeof(address_); }

    /// Whether a server has the socket, also one whose queue of newcomers is full. A file that nobody answers on is
    /// what a killed one leaves behind.
    [[nodiscard]] bool is_served() const;

private:
    unix_address() = default;
    sockaddr_un address_{};
    os::unique_descriptor directory_;
};

}  // namespace hourkey::net
