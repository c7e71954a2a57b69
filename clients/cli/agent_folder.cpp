#include "clients/cli/agent_folder.hpp"

#include "clients/cli/environment_text.hpp"
#include "clients/cli/own_folders.hpp"
#include "os/private_file.hpp"

#include <unistd.h>

namespace hourkey::cli {

result<agent_folder> agent_folder::open(std::string path) {
    HK_CHECK(make_private_folder(path));
    return agent_folder(std::move(path));
}

agent_folder::~agent_folder() {
    for (const auto& path : written_) ::unlink(path.c_str());
}

result<> agent_folder::write_empty_files() {
    HK_CHECK(write(config(), ""));
    return write(credentials(), "");
}

result<std::string> agent_folder::write_variables(std::string_view name, const environment_changes& changes) {
    auto path = file(std::string(name) + ".env");
    HK_TRY(const auto text, environment_text(environment_format::export_, changes, {}));
    HK_CHECK(write(path, text.expose()));
    return path;
}

result<> agent_folder::write(const std::string& path, std::string_view text) {
    HK_CHECK(os::write_private_file(path, text, os::private_file_mode::replace));
    written_.push_back(path);
    return {};
}

}  // namespace hourkey::cli
