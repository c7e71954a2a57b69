#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hourkey::store {

enum class disk_level : std::uint8_t {
    ample,
    reserve,  ///< below the floor: only what takes rights away is still written
    none      ///< nothing is written: SQLite must not meet the disk's end inside a commit
};

/// The last part of the floor that is never written into.
inline constexpr std::uint64_t untouched_part = 4;

[[nodiscard]] constexpr disk_level level_of(std::uint64_t free_bytes, std::uint64_t floor_bytes) noexcept {
    if (free_bytes >= floor_bytes) return disk_level::ample;
    return free_bytes >= floor_bytes / untouched_part ? disk_level::reserve : disk_level::none;
}

/// Of the disk that `path` lies on; none when it cannot be told.
[[nodiscard]] std::optional<std::uint64_t> free_bytes_beside(const std::string& path);
/// Of the database at `path` and its write-ahead log.
[[nodiscard]] std::uint64_t bytes_of_store(const std::string& path);

}  // namespace hourkey::store
