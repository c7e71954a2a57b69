#include "clients/cli/own_folders.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::cli {
namespace {

/// The XDG base directory specification: a relative path is to be ignored.
std::optional<std::string> absolute(const environment& variables, const std::string& name) {
    const auto value = find_variable(variables, name);
    return value && value->starts_with('/') ? std::optional(std::string(*value)) : std::nullopt;
}

bool is_own_folder(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == ::geteuid();
}

result<std::string> below(const environment& variables, const std::string& xdg, std::string_view in_home) {
    if (const auto folder = absolute(variables, xdg)) return *folder + "/hourkey";
    HK_TRY(const auto home, home_folder(variables));
    return home + std::string(in_home) + "/hourkey";
}

failure unusable(const std::string& path, const std::string& why) {
    return failure(errc::invalid_configuration, "The folder " + path + " " + why + ".",
                   "hourkey keeps secrets there: it must be this user's, and nobody else may enter it (chmod 700).");
}

}  // namespace

result<std::string> home_folder(const environment& variables) {
    if (const auto home = absolute(variables, "HOME")) return *home;
    return failure(errc::invalid_configuration, "HOME names no folder.",
                   "Set HOME, or XDG_CONFIG_HOME and XDG_CACHE_HOME.");
}

result<std::string> config_folder(const environment& variables) {
    return below(variables, "XDG_CONFIG_HOME", "/.config");
}

result<std::string> cache_folder(const environment& variables) {
    if (const auto folder = absolute(variables, "XDG_RUNTIME_DIR"); folder && is_own_folder(*folder))
        return *folder + "/hourkey";
    return below(variables, "XDG_CACHE_HOME", "/.cache");
}

result<> make_private_folder(const std::string& path) {
    std::error_code failed;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
    if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST)
        return unusable(path, "cannot be made: " + std::string(std::strerror(errno)));
    struct stat about{};
    if (::lstat(path.c_str(), &about) != 0) return unusable(path, "cannot be looked at");
    if (!S_ISDIR(about.st_mode)) return unusable(path, "is no folder");
    if (about.st_uid != ::geteuid()) return unusable(path, "is somebody else's");
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0 && ::chmod(path.c_str(), S_IRWXU) != 0)
        return unusable(path, "may be entered by others");
    return {};
}

}  // namespace hourkey::cli
