#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace hourkey::store {

/// When the log (SQLite's WAL) is copied back into the database, and how: rules without I/O.
/// Vends wait behind a checkpoint, so none may wait itself: passive ones copy what no reader's snapshot keeps, and come
/// back later for the rest; the log is cut to nothing only while nobody writes. Whoever holds a snapshot makes the log
/// grow, and nothing else.
class checkpoint_rules {
public:
    enum class action { none, passive, truncate };

    /// What a checkpoint found: frames in the log, and how many of them are in the database now.
    struct outcome {
        std::uint64_t frames = 0;
        std::uint64_t copied = 0;
    };

    // Frames of 4 KiB. From here on a checkpoint is worth its fsync; it copies about as much, in some 20 ms.
    static constexpr std::uint64_t worthwhile_frames = 4'000;
    // Small commits write the same few pages again and again. SQLite finds a page's newest frame by walking past the
    // older ones, which then costs each commit more than the checkpoint does (docs/PERFORMANCE.md).
    static constexpr std::uint64_t worthwhile_commits = 500;
    // Our own readers' snapshots last microseconds: what one has kept is soon free.
    static constexpr std::chrono::milliseconds pause_after_gain{100};
    // A snapshot that lets nothing through is somebody's who takes his time.
    static constexpr std::chrono::milliseconds first_pause_without_gain{1'000};
    static constexpr std::chrono::milliseconds longest_pause{8'000};
    // So long after the last write the database file is made whole by itself.
    static constexpr std::chrono::seconds idle_after{60};

    explicit checkpoint_rules(steady_time now) noexcept : last_write_(now) {}

    /// After a commit that left `frames` in the log. Fewer than before: the log has begun anew.
    void committed(std::uint64_t frames, steady_time now) noexcept;
    /// Asked after each group, and once a second.
    [[nodiscard]] action due(steady_time now) const noexcept;
    void done(outcome found, steady_time now) noexcept;

    /// Since when the log could not be copied back whole, because of somebody's snapshot.
    [[nodiscard]] std::optional<steady_time> held_since() const noexcept { return held_since_; }

private:
    std::uint64_t frames_ = 0;
    std::uint64_t commits_ = 0;  ///< since the log began
    std::uint64_t copied_ = 0;
    bool is_cut_ = false;  ///< nothing in it since it was cut
    steady_time last_write_;
    steady_time next_{};
    std::optional<steady_time> held_since_;
    std::chrono::milliseconds pause_{0};
};

}  // namespace hourkey::store
