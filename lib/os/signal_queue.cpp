#include "os/signal_queue.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace hourkey::os {

signal_queue::signal_queue(const executor& on, std::initializer_list<int> which) : from_(on) {
    sigset_t held;
    sigemptyset(&held);
    for (const int number : which) sigaddset(&held, number);
    const int fd = ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "signalfd");
    from_.assign(fd);
    pthread_sigmask(SIG_BLOCK, &held, &before_);
}

signal_queue::~signal_queue() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

std::optional<received_signal> signal_queue::take() noexcept {
    signalfd_siginfo told{};
    if (::read(from_.native_handle(), &told, sizeof(told)) != static_cast<ssize_t>(sizeof(told))) return std::nullopt;
    return received_signal{.number = static_cast<int>(told.ssi_signo), .is_from_terminal = told.ssi_code == SI_KERNEL};
}

task<received_signal> signal_queue::next() {
    for (;;) {
        if (const auto one = take()) co_return *one;
        static_cast<void>(co_await from_.async_wait(decltype(from_)::wait_read, as_task_tuple));
    }
}

}  // namespace hourkey::os
