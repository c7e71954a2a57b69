#pragma once

#include "core/clock.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace hourkey::aws {

/// How far AWS's clock is ahead of ours, learned from the Date field of its answers. The rules of the SDKs since 2026
/// (awslabs/aws-sdk-rust sdk/aws-runtime/test-data/clock-skew-test-cases.json). Pure: times come in as values.
class skew_estimate {
public:
    static constexpr std::chrono::minutes threshold{4};  ///< STS allows 15; below this a wrong clock is not the reason
    static constexpr std::chrono::minutes longest_round_trip{15};  ///< a slower answer's Date says nothing

    explicit skew_estimate(std::chrono::nanoseconds known = {}) noexcept : skew_(known) {}

    struct exchange {
        wall_time sent;  ///< both by our uncorrected clock
        wall_time received;
        std::optional<wall_time> server_date;
        bool has_age = false;  ///< an Age field: a cached answer, whose Date is old
    };
    /// To be called for every answer, good or bad: a good one corrects a stale value. Returns what was measured, or
    /// nothing when this answer cannot be trusted.
    std::optional<std::chrono::nanoseconds> record(const exchange& e) noexcept;

    [[nodiscard]] std::chrono::nanoseconds value() const noexcept { return skew_; }
    /// The time to sign with, and to judge Expiration by.
    [[nodiscard]] wall_time corrected(wall_time local) const noexcept { return local + skew_; }

    /// Whether signing again with the new estimate may help: what the refused request was signed with is too far from
    /// it. A clock that was repaired, here or there, is as wrong as one that never was right, so nothing is compared
    /// with zero.
    [[nodiscard]] static bool explains(std::string_view aws_code, std::optional<std::chrono::nanoseconds> measured,
                                       std::chrono::nanoseconds signed_with) noexcept;

private:
    std::chrono::nanoseconds skew_;
};

/// Codes behind which a wrong clock may stand.
[[nodiscard]] bool is_skew_code(std::string_view aws_code) noexcept;

}  // namespace hourkey::aws
