#include "os/stop_request.hpp"

#include <csignal>
#include <ctime>

namespace hourkey::os {

bool stop_request::came_within(std::chrono::milliseconds wait) noexcept {
    if (came_) return true;
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
    const timespec time{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(wait - seconds).count()};
    came_ = sigtimedwait(&stops, nullptr, &time) > 0;
    return came_;
}

}  // namespace hourkey::os
