#include "clients/cli/hidden_aws_files.hpp"

#include "os/private_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <stdlib.h>

namespace hourkey::cli {

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
        HK_CHECK(os::write_private_file(made.config(), "", os::private_file_mode::only_new));
        HK_CHECK(os::write_private_file(made.credentials(), "", os::private_file_mode::only_new));
        return made;
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
