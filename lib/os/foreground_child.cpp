#include "os/foreground_child.hpp"

#include "os/hardening.hpp"
#include "os/unique_descriptor.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace hourkey::os {
namespace {

/// As execve(2) takes them; `texts` outlive it.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

/// In the child, where only what it does to itself may be touched. Comes back when the program cannot be run: errno.
int become(std::vector<char*>& arguments, std::vector<char*>& variables, const sigset_t& mask, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(128 + SIGTERM);  // it died before the line above
    leave_signals_as_found();
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::environ = variables.data();  // execvp(3) looks for PATH there
    ::execvp(arguments.front(), arguments.data());
    return errno;
}

start_failure because(int error) { return {.is_missing = error == ENOENT, .cause = std::strerror(error)}; }

}  // namespace

boost::system::result<std::unique_ptr<foreground_child>, start_failure> foreground_child::start(
    const executor& on, const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
    const sigset_t& mask) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return because(errno);
    const unique_descriptor told(ends[0]);
    unique_descriptor tells(ends[1]);
    auto argv = pointers_to(arguments);
    auto envp = pointers_to(variables);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) return because(errno);
    if (pid == 0) {
        const int error = become(argv, envp, mask, parent);
        static_cast<void>(::write(tells.get(), &error, sizeof(error)));
        ::_exit(127);
    }
    tells.reset();
    int error = 0;
    ssize_t got = 0;
    while ((got = ::read(told.get(), &error, sizeof(error))) < 0 && errno == EINTR) {}
    // glibc 2.36's header lacks extern "C"
    const int handle = got == 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1;
    if (handle < 0) {
        if (got == 0) error = errno;
        if (got == 0) ::kill(pid, SIGKILL);
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {}
        return because(error);
    }
    return std::unique_ptr<foreground_child>(new foreground_child(on, pid, handle));
}

task<int> foreground_child::wait() {
    int status = 0;
    for (;;) {
        const auto ended = ::waitpid(pid_, &status, WNOHANG);
        if (ended == pid_) break;
        if (ended < 0 && errno != EINTR) co_return 1;  // somebody else has reaped it: it is not known how it ended
        static_cast<void>(co_await handle_.async_wait(decltype(handle_)::wait_read, as_task_tuple));
    }
    pid_ = -1;
    co_return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void foreground_child::send(int signal) const noexcept {
    if (pid_ > 0) ::kill(pid_, signal);
}

}  // namespace hourkey::os
