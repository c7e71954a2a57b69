#include "aws/clock_skew.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {

bool is_skew_code(std::string_view aws_code) noexcept {
    static constexpr std::array<std::string_view, 5> codes{"RequestTimeTooSkewed", "InvalidSignatureException",
                                                           "SignatureDoesNotMatch", "AuthFailure",
                                                           "AccessDeniedException"};
    return std::ranges::find(codes, aws_code) != codes.end();
}

std::optional<std::chrono::nanoseconds> skew_estimate::record(const exchange& e) noexcept {
    const auto round_trip = e.received - e.sent;
    if (!e.server_date || e.has_age || round_trip < std::chrono::nanoseconds::zero() || round_trip > longest_round_trip)
        return std::nullopt;
    skew_ = *e.server_date - (e.sent + round_trip / 2);
    return skew_;
}

bool skew_estimate::explains(std::string_view aws_code, std::optional<std::chrono::nanoseconds> measured,
                             std::chrono::nanoseconds signed_with) noexcept {
    return measured && std::chrono::abs(*measured - signed_with) > threshold && is_skew_code(aws_code);
}

}  // namespace hourkey::aws
