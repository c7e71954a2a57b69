#include "credentials/refresh_rules.hpp"

#include <algorithm>

namespace hourkey::credentials {

std::chrono::milliseconds back_off::next() {
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(step_ * (1 - random_() / 4));
    step_ = std::min(step_ * 2, longest);
    return wait;
}

bool refresh_rules::is_due(wall_time now, steady_time steady_now) const noexcept {
    if (retry_at_) return steady_now >= *retry_at_;
    return refresh_at_ && now >= *refresh_at_;
}

void refresh_rules::succeeded(wall_time now, std::optional<wall_time> expiration) {
    retry_at_.reset();
    back_off_.reset();
    refresh_at_.reset();
    if (!expiration) return;
    const auto jitter = std::chrono::duration_cast<std::chrono::nanoseconds>(window_jitter * random_());
    refresh_at_ = *expiration - std::min<std::chrono::nanoseconds>(window + jitter, (*expiration - now) / 2);
}

void refresh_rules::failed(steady_time steady_now) { retry_at_ = steady_now + back_off_.next(); }

}  // namespace hourkey::credentials
