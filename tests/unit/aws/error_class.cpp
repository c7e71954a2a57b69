#include "aws/error_class.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace hourkey;
using aws::error_class;
using enum aws::error_class;

TEST_CASE("the code decides before the status") {
    struct row {
        std::string_view code;
        int status;
        error_class what;
    };
    for (const auto& r : {
             // the fault table's error answers
             row{"AccessDenied", 403, refuse},
             row{"SignatureDoesNotMatch", 403, skew_candidate},
             row{"OptInRequired", 403, refuse},
             row{"RegionDisabledException", 403, refuse},
             row{"MalformedPolicyDocument", 400, refuse},
             row{"PackedPolicyTooLarge", 400, refuse},
             row{"ValidationError", 400, refuse},
             row{"RequestExpired", 400, refuse},
             row{"WhoKnows", 418, refuse},
             row{"", 307, refuse},
             row{"ExpiredToken", 403, refresh_credentials},
             row{"ExpiredTokenException", 400, refresh_credentials},
             row{"InvalidClientTokenId", 403, refresh_credentials},
             row{"Throttling", 400, retry_throttle},
             row{"ThrottlingException", 400, retry_throttle},
             row{"RequestLimitExceeded", 503, retry_throttle},
             row{"TooManyRequestsException", 429, retry_throttle},
             row{"IDPCommunicationError", 400, retry_transient},
             row{"RequestTimeout", 400, retry_transient},
             row{"InternalFailure", 500, retry_transient},
             row{"ServiceUnavailable", 503, retry_transient},
             row{"", 502, retry_transient},
             row{"", 504, retry_transient},
             // status alone
             row{"", 500, retry_transient},
             row{"", 503, retry_transient},
             row{"", 429, retry_throttle},
             row{"", 400, refuse},
             row{"", 403, refuse},
             row{"", 404, refuse},
             row{"", 100, refuse},
             row{"", 204, refuse},
             row{"", 301, refuse},
             row{"", 501, refuse},
             row{"", 599, refuse},
             row{"", 0, refuse},
             row{"WhoKnows", 503, retry_transient},
             // a status that contradicts the code
             row{"AccessDenied", 500, refuse},
             row{"IncompleteSignature", 403, refuse},
             row{"Throttling", 200, retry_throttle},
             row{"ExpiredToken", 500, refresh_credentials},
             row{"ServiceUnavailable", 400, retry_transient},
             // the rest of the retryable and skew codes
             row{"RequestTimeoutException", 400, retry_transient},
             row{"PriorRequestNotComplete", 400, retry_transient},
             row{"ThrottledException", 400, retry_throttle},
             row{"RequestThrottled", 400, retry_throttle},
             row{"RequestThrottledException", 400, retry_throttle},
             row{"BandwidthLimitExceeded", 400, retry_throttle},
             row{"LimitExceededException", 400, retry_throttle},
             row{"SlowDown", 503, retry_throttle},
             row{"EC2ThrottledException", 400, retry_throttle},
             row{"RequestTimeTooSkewed", 403, skew_candidate},
             row{"InvalidSignatureException", 400, skew_candidate},
             row{"AuthFailure", 403, skew_candidate},
             row{"AccessDeniedException", 400, skew_candidate},
             row{"MissingAuthenticationToken", 403, refuse},
             row{"IDPRejectedClaim", 403, refuse},
             row{"InvalidAction", 400, refuse},
             row{"MissingAction", 400, refuse},
             row{"InvalidIdentityToken", 400, refuse},
             row{"InvalidAuthorizationMessageException", 400, refuse},
             row{"accessdenied", 503, retry_transient},
         }) {
        CAPTURE(r.code);
        CAPTURE(r.status);
        CHECK(aws::classify(r.code, r.status) == r.what);
    }
}

TEST_CASE(
    "each answer becomes a failure of hourkey that carries AWS's code and request id, never its message to the "
    "caller") {
    struct row {
        std::string_view code;
        int status;
        errc as;
        std::string_view hint;
    };
    for (const auto& r : {
             row{"AccessDenied", 403, errc::trust_refused, "trust policy"},
             row{"AccessDeniedException", 403, errc::trust_refused, "sts:ExternalId"},
             row{"Throttling", 400, errc::sts_throttled, "Retry-After"},
             row{"", 429, errc::sts_throttled, "Retry-After"},
             row{"", 502, errc::sts_unavailable, "again"},
             row{"ExpiredToken", 403, errc::base_credentials_unavailable, "operator"},
             row{"InvalidClientTokenId", 403, errc::base_credentials_unavailable, "operator"},
             row{"ValidationError", 400, errc::sts_rejected, "MaxSessionDuration"},
             row{"PackedPolicyTooLarge", 400, errc::sts_rejected, "policy"},
             row{"MalformedPolicyDocument", 400, errc::sts_rejected, "policy"},
             row{"RegionDisabledException", 403, errc::sts_rejected, "region"},
             row{"OptInRequired", 403, errc::sts_rejected, "account"},
             row{"SignatureDoesNotMatch", 403, errc::sts_rejected, "clock"},
             row{"WhoKnows", 418, errc::sts_rejected, "reference"},
             row{"", 307, errc::sts_invalid_answer, "egress proxy"},
             row{"", 403, errc::sts_invalid_answer, "aws.sts_endpoint"},
             row{"", 407, errc::sts_invalid_answer, "egress proxy"},
             row{"", 503, errc::sts_unavailable, "egress proxy"},
             row{"ServiceUnavailable", 503, errc::sts_unavailable, "Try again in some seconds."},
         }) {
        CAPTURE(r.code);
        const auto f = aws::to_failure({std::string(r.code), "User: arn:secret-name is not authorized", "req-1"},
                                       {r.status, "eu-west-1", {}});
        CHECK(f.code == r.as);
        CHECK(f.hint.find(r.hint) != std::string::npos);
        CHECK(f.text().find("secret-name") == std::string_view::npos);
        CHECK(f.hint.find("secret-name") == std::string::npos);
        CHECK(f.cause.find("secret-name") != std::string::npos);
        REQUIRE(f.aws.has_value());
        CHECK(f.aws->code == r.code);
        CHECK(f.aws->request_id == "req-1");
        CHECK(f.aws->region == "eu-west-1");
    }
}

TEST_CASE("a throttled call always says when to come back, rounded up to a second") {
    using namespace std::chrono_literals;
    const auto wait = [](std::string_view code, int status, std::optional<std::chrono::milliseconds> asked) {
        return aws::to_failure({std::string(code), {}, {}}, {status, {}, asked}).retry_after;
    };
    CHECK(wait("Throttling", 400, {}) == 1s);
    CHECK(wait("Throttling", 400, 0ms) == 1s);
    CHECK(wait("Throttling", 400, 1500ms) == 2s);
    CHECK(wait("", 503, 2000ms) == 2s);
    CHECK(wait("", 503, {}) == std::nullopt);
    CHECK(wait("AccessDenied", 403, 2000ms) == std::nullopt);
}
