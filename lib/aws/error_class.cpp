#include "aws/error_class.hpp"

#include "aws/clock_skew.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {
namespace {

struct code_row {
    std::string_view code;
    error_class what;
};

// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, API_AssumeRole.html and the SDKs' throttling
// list (boto/botocore botocore/retries/standard.py). Skew codes are in clock_skew.cpp.
constexpr std::array rows{
    code_row{"AccessDenied", error_class::refuse},
    code_row{"ExpiredToken", error_class::refresh_credentials},
    code_row{"ExpiredTokenException", error_class::refresh_credentials},
    code_row{"InvalidClientTokenId", error_class::refresh_credentials},
    code_row{"IncompleteSignature", error_class::refuse},
    code_row{"MissingAuthenticationToken", error_class::refuse},
    code_row{"OptInRequired", error_class::refuse},
    code_row{"RegionDisabledException", error_class::refuse},
    code_row{"IDPRejectedClaim", error_class::refuse},
    code_row{"ValidationError", error_class::refuse},
    code_row{"InvalidAction", error_class::refuse},
    code_row{"MissingAction", error_class::refuse},
    code_row{"MalformedPolicyDocument", error_class::refuse},
    code_row{"PackedPolicyTooLarge", error_class::refuse},
    code_row{"InvalidIdentityToken", error_class::refuse},
    code_row{"InvalidAuthorizationMessageException", error_class::refuse},
    code_row{"RequestExpired", error_class::refuse},
    code_row{"IDPCommunicationError", error_class::retry_transient},
    code_row{"InternalFailure", error_class::retry_transient},
    code_row{"ServiceUnavailable", error_class::retry_transient},
    code_row{"RequestTimeout", error_class::retry_transient},
    code_row{"RequestTimeoutException", error_class::retry_transient},
    code_row{"PriorRequestNotComplete", error_class::retry_transient},
    code_row{"Throttling", error_class::retry_throttle},
    code_row{"ThrottlingException", error_class::retry_throttle},
    code_row{"ThrottledException", error_class::retry_throttle},
    code_row{"RequestThrottled", error_class::retry_throttle},
    code_row{"RequestThrottledException", error_class::retry_throttle},
    code_row{"TooManyRequestsException", error_class::retry_throttle},
    code_row{"RequestLimitExceeded", error_class::retry_throttle},
    code_row{"BandwidthLimitExceeded", error_class::retry_throttle},
    code_row{"LimitExceededException", error_class::retry_throttle},
    code_row{"SlowDown", error_class::retry_throttle},
    code_row{"EC2ThrottledException", error_class::retry_throttle},
};

struct refusal_row {
    std::string_view code;
    errc as;
    std::string_view hint;
};

constexpr std::string_view role_hint =
    "AWS does not say which: the role is missing or its name, path or case differs; its trust policy does not name "
    "hourkey's principal; its sts:ExternalId "
    "differs; or a policy denies it. Compare the role's trust policy with the connection's trust document.";

constexpr std::array refusals{
    refusal_row{"AccessDenied", errc::trust_refused, role_hint},
    refusal_row{"AccessDeniedException", errc::trust_refused, role_hint},
    refusal_row{"ValidationError", errc::sts_rejected,
                "AWS found a parameter invalid; most often duration_seconds is above the role's MaxSessionDuration. "
                "Ask for 3600 or less, or raise it on the role."},
    refusal_row{"MalformedPolicyDocument", errc::sts_rejected,
                "The session policy is not a valid IAM policy document."},
    refusal_row{"PackedPolicyTooLarge", errc::sts_rejected,
                "The session policy is too large once packed by AWS; make it shorter."},
    refusal_row{
        "RegionDisabledException", errc::sts_rejected,
        "STS is not active in this region for the role's account; activate it there, or choose another region."},
    refusal_row{"OptInRequired", errc::sts_rejected,
                "hourkey's own AWS account is not subscribed to this service or region."},
    refusal_row{"SignatureDoesNotMatch", errc::sts_rejected,
                "hourkey's secret access key is wrong, its host's clock is more than 15 minutes off, or "
                "aws.sts_endpoint belongs to another region than aws.region."},
};

const refusal_row* find_refusal(std::string_view code) noexcept {
    const auto row = std::ranges::find(refusals, code, &refusal_row::code);
    return row == refusals.end() ? nullptr : &*row;
}

std::string transient_hint(std::string_view code) {
    std::string hint = "Try again in some seconds.";
    if (code.empty()) hint.append(" If it lasts: ").append(not_from_sts_hint);
    return hint;
}

failure plain_failure(std::string_view code, int http_status) {
    switch (classify(code, http_status)) {
        case error_class::retry_transient: return failure(errc::sts_unavailable, {}, transient_hint(code));
        case error_class::retry_throttle:
            return failure(errc::sts_throttled, {},
                           "Try again after Retry-After; all of hourkey's callers share one AWS quota.");
        case error_class::refresh_credentials:
            return failure(errc::base_credentials_unavailable, {},
                           code == "InvalidClientTokenId" ? "The operator must renew hourkey's own AWS credentials, or "
                                                            "set aws.region to a region that their account has enabled."
                                                          : "The operator must renew hourkey's own AWS credentials.");
        case error_class::refuse:
        case error_class::skew_candidate: break;
    }
    if (code.empty())
        return failure(errc::sts_invalid_answer,
                       "In place of AWS STS's answer came HTTP status " + std::to_string(http_status) +
                           " without an error of AWS's.",
                       std::string(not_from_sts_hint));
    if (const auto* row = find_refusal(code)) return failure(row->as, {}, std::string(row->hint));
    return failure(errc::sts_rejected, {}, "Look up AWS's error code in the STS API reference.");
}

}  // namespace

error_class classify(std::string_view aws_code, int http_status) noexcept {
    if (is_skew_code(aws_code)) return error_class::skew_candidate;
    if (const auto row = std::ranges::find(rows, aws_code, &code_row::code); row != rows.end()) return row->what;
    switch (http_status) {
        case 500:
        case 502:
        case 503:
        case 504: return error_class::retry_transient;
        case 429: return error_class::retry_throttle;
        default: return error_class::refuse;
    }
}

failure to_failure(const error_answer& answer, const refused_call& call) {
    auto out = plain_failure(answer.code, call.http_status);
    out.cause = "STS answered " + std::to_string(call.http_status) + " " + answer.code + ": " + answer.message;
    out.aws = aws_detail{answer.code, answer.request_id, std::string(call.region)};
    if (out.code == errc::sts_throttled || (out.code == errc::sts_unavailable && call.retry_after))
        out.retry_after =
            std::max(std::chrono::seconds(1),
                     std::chrono::ceil<std::chrono::seconds>(call.retry_after.value_or(std::chrono::seconds(1))));
    return out;
}

}  // namespace hourkey::aws
