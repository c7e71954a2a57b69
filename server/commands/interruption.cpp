#include "server/commands/interruption.hpp"

#include "os/signals.hpp"
#include "store_sqlite/partial_file.hpp"

#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace hourkey::server {
namespace {

constexpr std::chrono::seconds time_to_take_back{1};

std::mutex taking_back_mutex;
std::function<void()> taking_back;

/// A server that does not answer holds nobody.
void take_back() {
    std::function<void()> what;
    {
        const std::lock_guard lock(taking_back_mutex);
        what = std::move(taking_back);
    }
    if (!what) return;
    auto done = std::make_shared<std::promise<void>>();
    const auto ended = done->get_future();
    std::thread([what = std::move(what), done] {
        what();
        done->set_value();
    }).detach();
    ended.wait_for(time_to_take_back);
}

[[noreturn]] void end_by(int signal) noexcept {
    take_back();
    store::remove_partial_files();
    std::signal(signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    ::raise(signal);
    ::_exit(128 + signal);  // process 1 of a container survives that
}

}  // namespace

void take_back_at_signals(std::function<void()> what) {
    const std::lock_guard lock(taking_back_mutex);
    taking_back = std::move(what);
}

void end_at_signals() {
    // A thread of its own: a handler would run in whichever thread the kernel picks, while the others go on with calls
    // that it has interrupted.
    std::thread([] { end_by(os::wait_for_signal()); }).detach();
}

}  // namespace hourkey::server
