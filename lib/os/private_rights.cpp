#include "os/private_rights.hpp"

#include <algorithm>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace hourkey::os {
namespace {

bool is_own_group(gid_t group) {
    if (group == ::getegid()) return true;
    std::vector<gid_t> others(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
    const int n = others.empty() ? 0 : ::getgroups(static_cast<int>(others.size()), others.data());
    others.resize(static_cast<std::size_t>(std::max(0, n)));
    return std::ranges::find(others, group) != others.end();
}

}  // namespace

bool is_private_file(const struct stat& about) {
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) == 0) return true;
    const bool group_only_reads = (about.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) == 0;
    return group_only_reads && about.st_uid == 0 && is_own_group(about.st_gid);
}

std::string how_to_make_private(const std::string& file) {
    return "Run: chmod 600 " + file + "; or let root own it, with mode 640 and a group of the user that runs hourkeyd.";
}

}  // namespace hourkey::os
