#pragma once

#include "aws/credentials.hpp"
#include "aws/sigv4_canonical.hpp"

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// How far X-Amz-Date may be from the verifier's clock, either way.
inline constexpr std::chrono::minutes signature_window{15};

enum class signature_outcome {
    valid,
    missing_authentication,  ///< no Authorization of this algorithm
    incomplete,              ///< malformed, or Host or X-Amz-Date missing or not signed
    unknown_key,             ///< no such access key id, or a session token that does not belong to it
    mismatch,                ///< another secret, another request, another scope
    expired,                 ///< X-Amz-Date is too old
    not_yet_current,         ///< X-Amz-Date is too far ahead
    expired_credentials,     ///< the signature is right, the temporary credentials are over
};

/// The error code and HTTP status with which STS answers an outcome (IAM guide, signature-v4-troubleshooting; for the
/// two times STS says SignatureDoesNotMatch and tells them apart in the message). Empty and 200 for valid.
struct signature_error {
    std::string_view code;
    int http_status;
};
[[nodiscard]] signature_error describe(signature_outcome outcome) noexcept;

struct received_request {
    std::string_view method;
    std::string_view target;                ///< as received
    std::span<const header_view> headers;   ///< as received, Host among them
    std::string_view body;
};

/// The region and service that the scope must name; an empty region accepts any.
struct expected_scope {
    std::string_view region;
    std::string_view service;
};

/// nullptr when the access key id is unknown. What it points to must live until verify() returns.
using key_lookup = std::function<const credentials*(std::string_view access_key_id)>;

struct verification {
    signature_outcome outcome = signature_outcome::valid;
    std::string access_key_id;  ///< when the header could be read
    std::string region;         ///< of the scope, likewise
    std::string message;        ///< in AWS's words where they are known; names no secret
};

/// Recomputes the header form's signature over what was received and compares in constant time.
[[nodiscard]] verification verify_signature(const received_request& request, const expected_scope& scope,
                                            const key_lookup& find_key, wall_time now);

}  // namespace hourkey::aws
