#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hourkey::obs {

/// Finished lines on their way to a descriptor, and the thread that writes them. Whoever puts one never waits for the
/// descriptor's reader: what does not fit is dropped and counted, and a line says so when the others flow again.
/// Thread-safe.
class line_queue {
public:
    /// Some 12,000 requests' lines: what a reader may fall behind.
    static constexpr std::size_t most_bytes = 4 * 1024 * 1024;
    static constexpr std::size_t gathered_bytes = 64 * 1024;  ///< some 200 lines a write
    static constexpr std::chrono::milliseconds gathering_time{200};

    enum class urgency { may_gather, at_once };
    /// Appends the line that tells how many were dropped.
    using drop_notice = void (*)(std::string& out, std::uint64_t lines);

    /// `descriptor` stays open for as long as the process lives, or until all was written.
    explicit line_queue(int descriptor, drop_notice notice);
    /// Gives what is queued as long as flush() would.
    ~line_queue();
    line_queue(const line_queue&) = delete;
    line_queue& operator=(const line_queue&) = delete;

    void put(std::string_view line, urgency u);
    /// Waits until all that has been put is written, at most so long; and not again while a reader stands still.
    void flush(std::chrono::milliseconds at_most);
    /// The same for a process that dies, from whatever thread, also one that holds the queue or is the one that writes.
    void flush_before_death(std::chrono::milliseconds at_most) noexcept;
    /// For what is put from now on; flushes before.
    void redirect(int descriptor);
    /// Lines that did not fit or could not be written, since the start.
    [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    struct state;
    /// Shared with the thread, which is not joined: it may be in a write that never ends.
    std::shared_ptr<state> state_;
};

}  // namespace hourkey::obs
