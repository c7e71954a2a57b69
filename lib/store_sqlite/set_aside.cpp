#include "store_sqlite/set_aside.hpp"

#include "core/time_text.hpp"
#include "store_sqlite/durable_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

namespace hourkey::store {
namespace {

constexpr std::array suffixes{"", "-wal", "-shm"};

result<> move_if_there(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT) return {};
    return file_failure("renaming " + from, errno);
}

}  // namespace

std::string name_to_keep(const std::string& path, const std::string& what, wall_time now) {
    std::string time;
    for (const char c : to_rfc3339(now).substr(0, 19))
        if (c != '-' && c != ':') time.push_back(c);
    const auto of_this_second = path + ".before-" + what + "-" + time + "Z";
    auto kept = of_this_second;
    const auto is_taken = [&kept] {
        return std::ranges::any_of(suffixes, [&kept](const char* suffix) { return is_there(kept + suffix); });
    };
    for (int n = 2; is_taken(); ++n) kept = of_this_second + "-" + std::to_string(n);
    return kept;
}

result<> set_log_aside(const std::string& path, const std::string& kept) {
    HK_CHECK(move_if_there(path + "-wal", kept + "-wal"));
    HK_CHECK(move_if_there(path + "-shm", kept + "-shm"));
    return sync_folder_of(path);
}

}  // namespace hourkey::store
