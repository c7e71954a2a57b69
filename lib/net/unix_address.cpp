#include "net/unix_address.hpp"

#include "os/unique_descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace hourkey::net {

result<unix_address> unix_address::make(const std::string& path) {
    unix_address made;
    made.address_.sun_family = AF_UNIX;
    auto reachable = path;
    if (path.size() >= sizeof(made.address_.sun_path)) {
        const std::filesystem::path whole(path);
        made.directory_.reset(::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!made.directory_) {
            return failure(
                errc::invalid_configuration,
                whole.parent_path().string() + ": the directory cannot be opened: " + std::strerror(errno) + ".",
                "Create it, or choose another path for the socket.");
        }
        reachable = "/proc/self/fd/" + std::to_string(made.directory_.get()) + "/" + whole.filename().string();
    }
    if (path.empty() || reachable.size() >= sizeof(made.address_.sun_path)) {
        return failure(errc::invalid_configuration, "'" + path + "' cannot name a socket.",
                       "Choose a file name of 1 to 80 bytes.");
    }
    std::copy(reachable.begin(), reachable.end(), made.address_.sun_path);
    return made;
}

bool unix_address::is_served() const {
    const os::unique_descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe) return true;  // whoever cannot look takes nobody's socket away
    return ::connect(probe.get(), get(), size()) == 0 || errno == EAGAIN;
}

}  // namespace hourkey::net
