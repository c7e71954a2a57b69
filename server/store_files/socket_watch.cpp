#include "server/store_files/socket_watch.hpp"

#include <utility>

namespace hourkey::server {
namespace {

struct stat look_at(const std::string& path) {
    struct stat now{};
    if (::stat(path.c_str(), &now) != 0) now = {};
    return now;
}

}  // namespace

socket_watch::socket_watch(std::string path) : path_(std::move(path)), seen_(look_at(path_)) {}

bool socket_watch::has_changed() {
    const auto now = look_at(path_);
    const bool is_same = now.st_dev == seen_.st_dev && now.st_ino == seen_.st_ino && now.st_mode == seen_.st_mode &&
                         now.st_uid == seen_.st_uid;
    seen_ = now;
    return !is_same;
}

}  // namespace hourkey::server
