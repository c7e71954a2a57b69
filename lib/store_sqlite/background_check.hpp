#pragma once

#include "core/failure.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace hourkey::store {

class sqlite_handle;

/// Reads the whole database file through, beside everything else and behind it, on a thread of its own. Table by table,
/// so that no snapshot is held longer than the largest takes.
class background_check {
public:
    /// `ended` is called on that thread: store_corrupt when a page or a reference is wrong. It is not called when the
    /// check was broken off.
    background_check(std::string path, std::function<void(const result<>&)> ended);
    ~background_check();  ///< breaks it off
    background_check(const background_check&) = delete;
    background_check& operator=(const background_check&) = delete;

private:
    void run();
    [[nodiscard]] result<> read_through();

    std::string path_;
    std::function<void(const result<>&)> ended_;
    std::atomic<bool> is_stopping_{false};
    std::mutex mutex_;
    std::condition_variable has_ended_;
    sqlite_handle* running_ = nullptr;  ///< under the mutex
    bool is_over_ = false;  ///< under the mutex
    std::thread thread_;
};

}  // namespace hourkey::store
