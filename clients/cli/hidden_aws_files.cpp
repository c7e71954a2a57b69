#include "clients/cli/hidden_aws_files.hpp"

#include "os/unique_descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace hourkey::cli {
namespace {

/// Without a sync, for which a child would wait: nobody needs them after a crash.
bool make_empty(const std::string& path) {
    return static_cast<bool>(
        os::unique_descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)));
}

}  // namespace

result<hidden_aws_files> hidden_aws_files::make(const environment& variables) {
    std::string failed;
    for (const auto* name : {"XDG_RUNTIME_DIR", "TMPDIR", ""}) {
        const auto in = *name == '\0' ? std::optional<std::string_view>("/tmp") : find_variable(variables, name);
        if (!in) continue;
        auto folder = std::string(*in) + "/hourkey-exec-XXXXXX";
        if (::mkdtemp(folder.data()) == nullptr) {  // 0700
            failed = std::string(*in) + ": " + std::strerror(errno);
            continue;
        }
        hidden_aws_files made(folder);
        if (make_empty(made.config()) && make_empty(made.credentials())) return made;
        failed = folder + ": " + std::strerror(errno);
    }
    return failure(errc::invalid_configuration, "No folder can be made for temporary files.",
                   "Set TMPDIR to a folder that can be written to.", failed);
}

hidden_aws_files::~hidden_aws_files() {
    if (folder_.empty()) return;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace hourkey::cli
