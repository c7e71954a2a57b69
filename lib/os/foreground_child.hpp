#pragma once

#include "core/task.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/system/result.hpp>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace hourkey::os {

/// Why a program did not start, as shells tell it apart: 127 when there is none, 126 when it cannot be run.
struct start_failure {
    bool is_missing = false;
    std::string cause;  ///< the system's words
};

/// A program that runs as if it had been started in this one's place: same terminal and process group, standard input
/// and outputs, folder, and whatever descriptors are not close-on-exec.
///
/// When this process dies without having waited, SIGTERM tells the program (PR_SET_PDEATHSIG): what it needs of its
/// parent is gone, and a job that goes on would fail midway. SIGTERM, because it leaves time to put things in order.
/// One with set-user-ID or capabilities is not told (prctl(2)).
class foreground_child {
public:
    /// `arguments` are the program, found by PATH of `variables`, and its own; `variables` is the whole environment.
    /// Signals are handled as before harden_client(), and held back as `mask` says. From the process's main thread.
    [[nodiscard]] static boost::system::result<std::unique_ptr<foreground_child>, start_failure> start(
        const executor& on, const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
        const sigset_t& mask);
    foreground_child(const foreground_child&) = delete;
    foreground_child& operator=(const foreground_child&) = delete;
    ~foreground_child() = default;

    /// Until it ends: its exit code, or 128 and the number of the signal that ended it. Once.
    [[nodiscard]] task<int> wait();
    /// Nothing when it has ended.
    void send(int signal) const noexcept;

private:
    foreground_child(const executor& on, pid_t pid, int handle) : pid_(pid), handle_(on, handle) {}

    pid_t pid_;
    boost::asio::posix::basic_stream_descriptor<executor> handle_;  ///< a pidfd: readable once it has ended
};

}  // namespace hourkey::os
