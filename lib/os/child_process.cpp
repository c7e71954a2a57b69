#include "os/child_process.hpp"

#include "core/steady_timer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <memory>

namespace hourkey::os {
namespace {

namespace asio = boost::asio;
using descriptor = asio::posix::basic_stream_descriptor<executor>;

/// Owns a running process and its group: whoever drops it has killed both, and reaped it.
class child {
public:
    explicit child(pid_t pid) noexcept : pid_(pid) {}
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (pid_ < 0) return;
        // Before it is reaped, for only until then its number cannot be another's.
        ::kill(-pid_, SIGKILL);
        reap();
    }

    /// Once.
    int reap() noexcept {
        int status = 0;
        const auto pid = std::exchange(pid_, -1);
        while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
        return status;
    }

private:
    pid_t pid_;
};

class spawn_plan {
public:
    spawn_plan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;
    ~spawn_plan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    /// Returns the pid or a negative errno.
    pid_t run(const std::vector<std::string>& arguments, int output) {
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);

        // A server ignores SIGPIPE and may block others; both would be inherited.
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

        std::vector<char*> argv;
        argv.reserve(arguments.size() + 1);
        for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        std::vector<char*> variables;
        for (char** variable = ::environ; *variable; ++variable)
            if (std::strncmp(*variable, "HOURKEY_", 8) != 0) variables.push_back(*variable);
        variables.push_back(nullptr);

        pid_t pid = -1;
        const int error = ::posix_spawnp(&pid, argv.front(), &actions_, &attributes_, argv.data(), variables.data());
        return error == 0 ? pid : -error;
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// What a run waits for: output, the program's end, the clock. Shared, because a handler may be queued already while
/// the run ends.
struct watched_process : std::enable_shared_from_this<watched_process> {
    descriptor output;
    descriptor handle;  ///< a pidfd: readable from when the program has ended
    steady_timer clock;
    steady_timer turn;  ///< rung when either has come
    bool late = false;
    bool ended = false;

    watched_process(const executor& on, int output_end, deadline until)
        : output(on, output_end), handle(on), clock(on, until.at()), turn(on, steady_time::max()) {}

    void start() {
        handle.async_wait(descriptor::wait_read, [weak = weak_from_this()](boost::system::error_code error) {
            if (const auto self = weak.lock(); self && !error) self->ring(self->ended);
        });
        clock.async_wait([weak = weak_from_this()](boost::system::error_code error) {
            if (const auto self = weak.lock(); self && !error) self->ring(self->late);
        });
    }

    void ring(bool& what) {
        what = true;
        boost::system::error_code ignored;
        output.cancel(ignored);
        turn.cancel();
    }

    /// What is in the pipe now: when the program has ended, that is all of what it wrote.
    [[nodiscard]] std::size_t waiting_bytes() {
        int count = 0;
        return ::ioctl(output.native_handle(), FIONREAD, &count) == 0 && count > 0 ? static_cast<std::size_t>(count)
                                                                                   : 0;
    }
};

/// The output, never grown beyond its room: a moved buffer would leave its secrets behind.
struct kept_output {
    std::string text;
    std::array<char, 4096> chunk{};

    kept_output() { text.reserve(max_child_output_bytes + 1); }
    kept_output(const kept_output&) = delete;
    kept_output& operator=(const kept_output&) = delete;
    ~kept_output() {
        wipe_container(text);
        wipe_bytes(chunk.data(), chunk.size());
    }

    [[nodiscard]] bool add(std::size_t count) {
        if (text.size() + count > max_child_output_bytes) return false;
        text.append(chunk.data(), count);
        return true;
    }
};

}  // namespace

void reap_orphans() noexcept {
    int subreaper = 0;
    if (::getpid() != 1 && (::prctl(PR_GET_CHILD_SUBREAPER, &subreaper) != 0 || subreaper == 0)) return;
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {}
}

task<child_output> run_child(std::vector<std::string> arguments, deadline until) {
    const auto here = co_await asio::this_coro::executor;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) co_return child_failure{"could not be started", std::strerror(errno)};
    const auto watched = std::make_shared<watched_process>(here, ends[0], until);
    const pid_t pid = spawn_plan().run(arguments, ends[1]);
    ::close(ends[1]);
    if (pid < 0) co_return child_failure{"could not be started", std::strerror(-pid)};
    child running(pid);
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));  // glibc 2.36's header lacks extern "C"
    if (handle < 0) co_return child_failure{"could not be watched", std::strerror(errno)};
    watched->handle.assign(handle);
    watched->start();

    kept_output out;
    while (!watched->ended && !watched->late) {
        const auto [error, count] = co_await watched->output.async_read_some(asio::buffer(out.chunk), as_task_tuple);
        if (error == asio::error::eof) break;
        if (error && !watched->ended && !watched->late) co_return child_failure{"could not be read", error.message()};
        if (!out.add(count)) co_return child_failure{"wrote more than 64 KiB"};
    }
    while (!watched->ended && !watched->late) co_await watched->turn.async_wait(as_task_tuple);
    if (!watched->ended) co_return child_failure{"did not end in time"};
    for (auto left = watched->waiting_bytes(); left > 0;) {
        boost::system::error_code error;
        const auto count =
            watched->output.read_some(asio::buffer(out.chunk.data(), std::min(left, out.chunk.size())), error);
        if (error) break;
        if (!out.add(count)) co_return child_failure{"wrote more than 64 KiB"};
        left -= count;
    }
    const int status = running.reap();
    if (WIFSIGNALED(status)) co_return child_failure{"was ended by signal " + std::to_string(WTERMSIG(status))};
    if (WEXITSTATUS(status) != 0)
        co_return child_failure{"ended with exit code " + std::to_string(WEXITSTATUS(status))};
    co_return secret(out.text);
}

}  // namespace hourkey::os
