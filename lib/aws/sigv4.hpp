#pragma once

#include "aws/credentials.hpp"
#include "aws/sigv4_canonical.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// The general Signature Version 4 signer, for any service, method and headers. STS's hot POST has a faster way:
/// sts_signer.

/// What is to be sent. `target` is raw (not encoded); `headers` hold Host and everything else that shall be signed, but
/// none that the signer adds (X-Amz-Date, X-Amz-Security-Token, Authorization). User-Agent and hop-by-hop fields are
/// left out of the signature, because proxies change them.
struct signable_request {
    std::string_view method;
    std::string_view target;
    std::span<const header_view> headers;
    std::string_view payload_sha256 = empty_payload_sha256;  ///< lower-case hex
};

/// Some services want the session token outside the signature, added after it.
enum class token_place { inside_signature, outside_signature };

struct signing_context {
    std::string_view region;
    std::string_view service;
    wall_time at;  ///< the one clock reading for both X-Amz-Date and the scope
    path_style path = path_style::normalized;
    token_place token = token_place::inside_signature;
};

struct header_signature {
    std::string canonical_request;
    std::string string_to_sign;
    std::string signature;  ///< lower-case hex
    std::string amz_date;  ///< X-Amz-Date; the session token, if any, goes into X-Amz-Security-Token as it is
    std::string authorization;  ///< Authorization
};
[[nodiscard]] header_signature sign_header(const signable_request& request, const credentials& with,
                                           const signing_context& context);

struct query_signature {
    std::string canonical_request;
    std::string string_to_sign;
    std::string signature;
    std::string target;  ///< path and query, signed and ready to be sent; holds the session token
};
[[nodiscard]] query_signature sign_query(const signable_request& request, const credentials& with,
                                         const signing_context& context, std::chrono::seconds expires);

}  // namespace hourkey::aws
