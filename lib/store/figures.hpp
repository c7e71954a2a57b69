#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace hourkey::store {

/// What the writer has done since start; thread-safe to read.
struct writer_figures {
    std::uint64_t audit_records = 0;
    std::uint64_t failures = 0;  ///< commits and checkpoints
    /// Writes that the writer did not take, gave up, or was not even asked for because it could not.
    std::uint64_t refused = 0;
    std::uint64_t broken_seals = 0;  ///< rows refused because something else wrote them
    bool healthy = true;
    /// For how long somebody's snapshot of the database has kept its log (the WAL file) from being copied back; 0: not
    /// at all.
    std::chrono::nanoseconds log_held_for{0};
    std::uint64_t store_bytes = 0;  ///< the database and its write-ahead log, as of the last look
    std::uint64_t disk_free_bytes = 0;
};

/// How far the file is known to be whole. A start reads only what it needs, whatever the file's size.
enum class soundness : unsigned char {
    trusted,  ///< the last stop was clean; nothing has been read through since
    doubtful,  ///< the last one was not: read_through() is due
    checking,
    sound,  ///< read through since the start, or while it started: a small file always is
    damaged,  ///< read through, and not whole: nothing is written any more
};
[[nodiscard]] std::string_view to_text(soundness s) noexcept;

}  // namespace hourkey::store
