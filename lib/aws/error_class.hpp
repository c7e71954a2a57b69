#pragma once

#include "aws/sts_answer.hpp"
#include "core/failure.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace hourkey::aws {

/// What an error answer of STS calls for.
enum class error_class {
    refuse,               ///< permanent: report
    retry_transient,      ///< try again inside budget and deadline
    retry_throttle,       ///< likewise, more slowly
    refresh_credentials,  ///< our own credentials are stale: fetch new ones, then try once more
    skew_candidate,       ///< sign again once if skew_estimate::explains() it, else refuse
};

/// By code first, then status: published statuses disagree between AWS's pages, and Throttling is a 400. Never by
/// message. An unknown code with a status that is no retryable error (1xx, 3xx and an unexpected 2xx among them) is
/// refused.
[[nodiscard]] error_class classify(std::string_view aws_code, int http_status) noexcept;

/// The failure for a call that ends with this answer. An answer without AWS's code did not come from STS:
/// sts_invalid_answer, or sts_unavailable when its status says to try again. AWS's message goes to `cause`; the caller
/// gets our words and a hint.
struct refused_call {
    int http_status = 0;
    std::string_view region;
    std::optional<std::chrono::milliseconds> retry_after;  ///< x-amz-retry-after
};
[[nodiscard]] failure to_failure(const error_answer& answer, const refused_call& call);

}  // namespace hourkey::aws
