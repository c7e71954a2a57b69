#include "credentials/shared_files.hpp"

#include "os/private_rights.hpp"
#include "os/unique_descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace hourkey::credentials {
namespace {

std::string expanded(std::string_view path, std::string_view home) {
    if (!home.empty() && (path == "~" || path.starts_with("~/")))
        return std::string(home) + std::string(path.substr(1));
    return std::string(path);
}

std::string path_of(const environment& variables, const std::string& variable, std::string_view below_home) {
    const auto home = variables("HOME").value_or("");
    const auto named = variables(variable).value_or("");
    if (!named.empty()) return expanded(named, home);
    return home.empty() ? std::string() : std::string(home) + std::string(below_home);
}

/// Linux's admin-guide/devices.txt: how a set-up says "no such file" where a path has to be given.
bool is_null_device(const struct stat& about) noexcept {
    return S_ISCHR(about.st_mode) && about.st_rdev == makedev(1, 3);
}

failure unreadable(std::string_view which, const std::string& path, std::string_view why) {
    return failure(errc::base_credentials_unavailable, {},
                   "the shared " + std::string(which) + " file cannot be read: " + std::string(why), path);
}

/// Wiped with the scope.
struct file_text {
    std::string bytes;
    bool exists = false;
    bool is_missing = false;  ///< and not the null device, which says so on purpose
    struct stat about{};
    file_text() = default;
    file_text(file_text&&) noexcept = default;
    file_text& operator=(file_text&&) = delete;
    ~file_text() { wipe_container(bytes); }
};

result<file_text> read_file(const std::string& path, std::string_view which) {
    file_text out;
    if (path.empty()) return out;
    const os::unique_descriptor file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // a FIFO must not hold the thread
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) {
            out.is_missing = true;
            return out;
        }
        return unreadable(which, path, std::strerror(errno));
    }
    struct stat about{};
    if (::fstat(file.get(), &about) != 0) return unreadable(which, path, std::strerror(errno));
    if (is_null_device(about)) return out;
    if (!S_ISREG(about.st_mode)) return unreadable(which, path, "it is no regular file");
    if (static_cast<std::size_t>(about.st_size) > max_profile_file_bytes)
        return unreadable(which, path, "it is larger than 1 MiB");
    out.exists = true;
    out.about = about;
    out.bytes.resize(static_cast<std::size_t>(about.st_size));
    std::size_t filled = 0;
    while (filled < out.bytes.size()) {
        const auto count = ::read(file.get(), out.bytes.data() + filled, out.bytes.size() - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(which, path, std::strerror(errno));
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    out.bytes.resize(filled);
    return out;
}

result<profile_file> read_profiles(const file_text& text, profile_file_kind kind, const std::string& path) {
    auto parsed = parse_profile_file(text.bytes, kind);
    if (!parsed) return failure(errc::base_credentials_unavailable, {}, std::string(parsed.error().text()), path);
    return parsed;
}

bool has_secret(const profile_map& profiles) {
    return std::ranges::any_of(profiles, [](const auto& named) { return named.second.has("aws_secret_access_key"); });
}

void note_rights(std::vector<loose_file>& out, const file_text& text, const std::string& path, bool holds_secret) {
    if (!text.exists) return;
    const bool is_writable = (text.about.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    if (is_writable || (holds_secret && !os::is_private_file(text.about))) out.push_back({path, is_writable});
}

/// Which of the files that a variable names are not there.
std::string missing_by_name(const shared_file_paths& paths, const file_text& config, const file_text& credentials) {
    const bool no_config = paths.config_is_named && config.is_missing;
    const bool no_credentials = paths.credentials_is_named && credentials.is_missing;
    if (no_config && no_credentials)
        return "AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name files that are not there";
    if (no_config) return "AWS_CONFIG_FILE names a file that is not there";
    if (no_credentials) return "AWS_SHARED_CREDENTIALS_FILE names a file that is not there";
    return {};
}

void append_stamp(std::string& out, const std::string& path) {
    struct stat about{};
    if (path.empty() || ::stat(path.c_str(), &about) != 0) {
        out.append("-;");
        return;
    }
    for (const auto number :
         {static_cast<long long>(about.st_dev), static_cast<long long>(about.st_ino),
          static_cast<long long>(about.st_size), static_cast<long long>(about.st_mtim.tv_sec),
          static_cast<long long>(about.st_mtim.tv_nsec), static_cast<long long>(about.st_ctim.tv_sec),
          static_cast<long long>(about.st_ctim.tv_nsec)})
        out.append(std::to_string(number)).append(",");
    out.append(";");
}

}  // namespace

shared_file_paths find_shared_files(const environment& variables) {
    const auto is_named = [&](const std::string& variable) { return !variables(variable).value_or("").empty(); };
    return {path_of(variables, "AWS_CONFIG_FILE", "/.aws/config"),
            path_of(variables, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"), is_named("AWS_CONFIG_FILE"),
            is_named("AWS_SHARED_CREDENTIALS_FILE")};
}

result<shared_profiles> read_shared_files(const shared_file_paths& paths) {
    HK_TRY(const auto config_text, read_file(paths.config, "config"));
    HK_TRY(const auto credentials_text, read_file(paths.credentials, "credentials"));
    HK_TRY(auto config, read_profiles(config_text, profile_file_kind::config, paths.config));
    HK_TRY(auto credentials, read_profiles(credentials_text, profile_file_kind::credentials, paths.credentials));
    shared_profiles out;
    note_rights(out.loose, config_text, paths.config, has_secret(config.profiles));
    note_rights(out.loose, credentials_text, paths.credentials, true);
    out.profiles = merge_profiles(std::move(config.profiles), std::move(credentials.profiles));
    out.services = std::move(config.services);
    out.paths = "config file: " + (paths.config.empty() ? "none" : paths.config) +
                ", credentials file: " + (paths.credentials.empty() ? "none" : paths.credentials);
    out.lacking = missing_by_name(paths, config_text, credentials_text);
    if (!out.lacking.empty()) return out;
    if (paths.config.empty() && paths.credentials.empty())
        out.lacking = "HOME is not set, nor AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE";
    else if (!config_text.exists && !credentials_text.exists)
        out.lacking = "there is no shared config file and no shared credentials file";
    return out;
}

std::string stamp_of(const shared_file_paths& paths) {
    std::string out;
    append_stamp(out, paths.config);
    append_stamp(out, paths.credentials);
    return out;
}

}  // namespace hourkey::credentials
