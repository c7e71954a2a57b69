#include "os/readiness_notice.hpp"

#include "os/unique_descriptor.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <sys/socket.h>
#include <sys/un.h>

namespace hourkey::os {

void notify_ready() noexcept {
    const char* name = std::getenv("NOTIFY_SOCKET");
    const std::string_view where(name == nullptr ? "" : name);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if (where.size() < 2 || where.size() >= sizeof(to.sun_path)) return;
    std::memcpy(to.sun_path, where.data(), where.size());
    if (where.front() == '@') to.sun_path[0] = '\0';  // an abstract name, whose length counts
    const os::unique_descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket) return;
    constexpr std::string_view ready = "READY=1";
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + where.size());
    // Whoever does not listen loses it: the start goes on.
    static_cast<void>(
        ::sendto(socket.get(), ready.data(), ready.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size));
}

}  // namespace hourkey::os
