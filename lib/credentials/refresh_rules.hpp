#pragma once

#include "core/clock.hpp"
#include "core/random_source.hpp"

#include <chrono>
#include <optional>

namespace hourkey::credentials {

/// 2, 4, 8, 16, then every 32 seconds, each shortened by up to a quarter.
class back_off {
public:
    static constexpr std::chrono::seconds first{2};
    static constexpr std::chrono::seconds longest{32};

    explicit back_off(random_source random) : random_(std::move(random)) {}
    [[nodiscard]] std::chrono::milliseconds next();
    void reset() noexcept { step_ = first; }

private:
    random_source random_;
    std::chrono::seconds step_ = first;
};

/// When base credentials are fetched again: a decision without I/O. Ahead of their end by 15 minutes and up to one more
/// as jitter (botocore's advisory window), but not before half of their life, which for 15-minute ones is all that is
/// left. After a failure when the back-off says.
class refresh_rules {
public:
    static constexpr std::chrono::minutes window{15};
    static constexpr std::chrono::seconds window_jitter{60};

    explicit refresh_rules(random_source random) : random_(random), back_off_(std::move(random)) {}

    [[nodiscard]] bool is_due(wall_time now, steady_time steady_now) const noexcept;
    /// None: they do not expire.
    void succeeded(wall_time now, std::optional<wall_time> expiration);
    void failed(steady_time steady_now);

private:
    random_source random_;
    back_off back_off_;
    std::optional<wall_time> refresh_at_ = wall_time{};  ///< the first fetch is due at once
    std::optional<steady_time> retry_at_;
};

}  // namespace hourkey::credentials
