#include "emulator/error_fault.hpp"

#include "emulator/sts_xml.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

struct error_row {
    fault id;
    int status;
    std::string_view code;
    std::string_view message;
};

// Codes, statuses and sentences: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and the
// operations' pages.
constexpr std::array rows{
    error_row{fault::access_denied, 403, "AccessDenied", "Access denied"},
    error_row{fault::signature_mismatch, 403, "SignatureDoesNotMatch",
              "The request signature we calculated does not match the signature you provided."},
    error_row{fault::opt_in_required, 403, "OptInRequired",
              "The AWS Access Key Id needs a subscription for the service"},
    error_row{fault::region_disabled, 403, "RegionDisabledException",
              "STS is not activated in this region for account 111122223333."},
    error_row{fault::malformed_policy, 400, "MalformedPolicyDocument", "Syntax errors in policy."},
    error_row{fault::packed_policy, 400, "PackedPolicyTooLarge",
              "Packed policy consumes 118% of allotted space, please use smaller policy."},
    error_row{fault::validation, 400, "ValidationError", "1 validation error detected"},
    error_row{fault::request_expired, 400, "RequestExpired", "Request has expired"},
    error_row{fault::unknown_code, 418, "TeapotShortAndStout", R"(A <code> nobody knows & a "message" to escape)"},
    error_row{fault::redirect, 307, "TemporaryRedirect",
              "Please re-send this request to the specified temporary endpoint."},
    error_row{fault::expired_token, 403, "ExpiredToken", "The security token included in the request is expired"},
    error_row{fault::expired_token_exception, 400, "ExpiredTokenException",
              "The security token included in the request is expired"},
    error_row{fault::invalid_client_token, 403, "InvalidClientTokenId",
              "The security token included in the request is invalid."},
    error_row{fault::errors_wrapper, 403, "InvalidClientTokenId",
              "The security token included in the request is invalid."},
    error_row{fault::throttling, 400, "Throttling", "Rate exceeded"},
    error_row{fault::throttling_exception, 400, "ThrottlingException", "Rate exceeded"},
    error_row{fault::request_limit, 503, "RequestLimitExceeded", "Request limit exceeded."},
    error_row{fault::too_many, 429, "TooManyRequestsException", "Too many requests"},
    error_row{fault::idp_communication, 400, "IDPCommunicationError", "Error communicating with the identity provider"},
    error_row{fault::request_timeout, 400, "RequestTimeout", "The request timed out"},
    error_row{fault::internal, 500, "InternalFailure",
              "The request processing has failed because of an unknown error."},
    error_row{fault::unavailable, 503, "ServiceUnavailable",
              "The request has failed due to a temporary failure of the server."},
    error_row{fault::retry_after, 503, "ServiceUnavailable",
              "The request has failed due to a temporary failure of the server."},
    error_row{fault::bad_gateway, 502, "", ""},
    error_row{fault::gateway_timeout, 504, "", ""},
    error_row{fault::proxy_forbidden, 403, "", ""},
    error_row{fault::proxy_login, 407, "", ""},
};

const error_row& row_of(fault f) noexcept {
    const auto found = std::ranges::find(rows, f, &error_row::id);
    return found == rows.end() ? rows.front() : *found;
}

answer proxy_page(int status) {
    answer a;
    a.status = status;
    a.headers.emplace_back("Content-Type", "text/html");
    a.body = "<html>\r\n<head><title>Proxy error</title></head>\r\n<body>\r\n<center><h1>" + std::to_string(status) +
             "</h1></center>\r\n</body>\r\n</html>\r\n";
    return a;
}

std::string moto_shape(const error_row& row, const std::string& request_id) {
    return std::string("<ErrorResponse>\n  <Errors>\n    <Error>\n      <Code>")
        .append(row.code)
        .append("</Code>\n      <Message>")
        .append(row.message)
        .append("</Message>\n    </Error>\n  </Errors>\n  <RequestID>")
        .append(request_id)
        .append("</RequestID>\n</ErrorResponse>");
}

}  // namespace

answer error_answer(const fault_rule& rule, const std::string& request_id) {
    const auto& row = row_of(rule.what);
    if (rule.what == fault::gateway_timeout) {
        answer a;
        a.status = row.status;
        return a;
    }
    if (row.code.empty()) return proxy_page(row.status);
    const sts_error error{row.status, row.code, std::string(row.message)};
    auto a = xml_answer(row.status, error_xml(error, request_id), request_id);
    if (rule.what == fault::errors_wrapper) {
        a.body = moto_shape(row, request_id);
        set_header(a, "Content-Type", "text/html; charset=utf-8");
    }
    // A name that cannot exist (RFC 6761): a client that follows it is found out without reaching anyone.
    if (rule.what == fault::redirect) set_header(a, "Location", "https://elsewhere.invalid/");
    if (rule.what == fault::retry_after) set_header(a, "x-amz-retry-after", std::to_string(rule.delay.count()));
    return a;
}

std::string_view error_code(fault f) noexcept { return row_of(f).code; }

}  // namespace hourkey::emulator
