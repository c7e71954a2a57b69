#include "store/set_aside.hpp"

#include "core/time_text.hpp"
#include "store/durable_file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace hourkey::store {
namespace {

namespace fs = std::filesystem;

result<> move_if_there(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return {};
    return file_failure("renaming " + from, errno);
}

}  // namespace

bool is_there(const std::string& path) {
    std::error_code unseen;
    return fs::exists(fs::symlink_status(path, unseen));
}

result<std::string> name_to_keep(const std::string& path, const std::string& what, wall_time now) {
    std::string time;
    for (const char c : to_rfc3339(now).substr(0, 19))
        if (c != '-' && c != ':') time.push_back(c);
    auto kept = path + ".before-" + what + "-" + time + "Z";
    for (const auto* suffix : {"", "-wal", "-shm"})
        if (is_there(kept + suffix)) return failure(errc::store_unavailable, kept + suffix + " is there already.", "Try again in a second.", {});
    return kept;
}

result<> set_log_aside(const std::string& path, const std::string& kept) {
    HK_CHECK(move_if_there(path + "-wal", kept + "-wal"));
    HK_CHECK(move_if_there(path + "-shm", kept + "-shm"));
    return sync_folder_of(path);
}

}  // namespace hourkey::store
