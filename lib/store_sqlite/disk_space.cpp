#include "store_sqlite/disk_space.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <filesystem>

namespace hourkey::store {

std::optional<std::uint64_t> free_bytes_beside(const std::string& path) {
    struct statvfs disk{};
    const auto directory = std::filesystem::path(path).parent_path();
    if (::statvfs(directory.empty() ? "." : directory.c_str(), &disk) != 0) return std::nullopt;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

std::uint64_t bytes_of_store(const std::string& path) {
    std::uint64_t sum = 0;
    for (const auto* suffix : {"", "-wal"}) {
        struct stat about{};
        if (::stat((path + suffix).c_str(), &about) == 0) sum += static_cast<std::uint64_t>(about.st_size);
    }
    return sum;
}

}  // namespace hourkey::store
