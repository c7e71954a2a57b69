#include "core/clock.hpp"

namespace hourkey {
namespace {

class real_clock final : public clock_source {
public:
    wall_time now() const noexcept override {
        return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    }
    steady_time steady_now() const noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const clock_source& system_clock() noexcept {
    static const real_clock clock;
    return clock;
}

}  // namespace hourkey
