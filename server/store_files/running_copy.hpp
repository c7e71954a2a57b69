#pragma once

#include "core/clock.hpp"
#include "core/failure.hpp"
#include "store_sqlite/partial_file.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace hourkey::server {

/// The copy of the store that `hourkeyd backup` takes from a running server, made by the server on a thread of its own:
/// a command that is stopped half-way would hold its snapshot, and so the store's log, for as long as it likes. One at
/// a time, beside the store; who asked for it and asks no more loses it.
class running_copy {
public:
    /// A command that lives looks ten times in it.
    static constexpr std::chrono::seconds patience{2};

    running_copy(std::string store_path, std::uint64_t min_free_bytes);
    ~running_copy();  ///< breaks off and removes what is being made
    running_copy(const running_copy&) = delete;
    running_copy& operator=(const running_copy&) = delete;

    /// Gives the copy's number. in_use while somebody asks for another one; store_unavailable when the disk has no room
    /// for it above the floor.
    [[nodiscard]] result<std::uint64_t> begin(steady_time now);

    enum class state { copying, ready };
    struct progress {
        running_copy::state state = state::copying;
        std::string file;
    };
    /// not_found when it is there no more; or why it could not be made.
    [[nodiscard]] result<progress> look(std::uint64_t number, steady_time now);
    /// Ends it and removes the file, without waiting.
    void drop(std::uint64_t number);
    /// Drops one that nobody has looked at for so long.
    void drop_when_forgotten(steady_time now);

private:
    void make();
    void drop_this();  ///< under the mutex
    [[nodiscard]] result<> check_room() const;

    const std::string store_path_;
    const std::uint64_t min_free_bytes_;
    std::mutex mutex_;
    std::uint64_t number_ = 0;
    /// A leftover of a server that was killed goes with the next one's making.
    std::optional<store::partial_file> file_;
    bool exists_ = false;  ///< from begin() on, until it is dropped and the thread has ended
    bool is_dropped_ = false;
    std::optional<result<>> outcome_;  ///< none while the thread is at it
    steady_time looked_at_{};
    std::atomic<bool> wants_stop_{false};
    std::thread thread_;
};

}  // namespace hourkey::server
