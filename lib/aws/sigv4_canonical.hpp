#pragma once

#include "core/secret.hpp"
#include "crypto/hash.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::aws {

/// The canonical forms of Signature Version 4, shared by the signer and the verifier
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
inline constexpr std::string_view sigv4_algorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view empty_payload_sha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

using header_view = std::pair<std::string_view, std::string_view>;

/// Whether "." and ".." segments and doubled slashes are resolved before signing: all services but S3 want that.
enum class path_style { normalized, as_is };

/// `raw_path` is encoded once, whatever it holds; '/' stays.
[[nodiscard]] std::string canonical_path(std::string_view raw_path, path_style style);
/// `raw_query` without '?': pieces are decoded, encoded and sorted by name, then value.
[[nodiscard]] std::string canonical_query(std::string_view raw_query);
/// Surrounding white space off, inner runs one space; folded lines count as white space (RFC 9112 5.2).
[[nodiscard]] std::string canonical_header_value(std::string_view value);

struct canonical_header_block {
    /// `name:value\n` each, sorted by lower-case name; equal names joined by ',' in the order given.
    std::string lines;
    std::string names;  ///< `a;b;c`
};
[[nodiscard]] canonical_header_block canonical_headers(std::span<const header_view> headers);

[[nodiscard]] std::string lower_case(std::string_view text);

struct canonical_parts {
    std::string_view method;
    std::string_view path;   ///< canonical
    std::string_view query;  ///< canonical
    const canonical_header_block& headers;
    std::string_view payload_sha256;  ///< lower-case hex, of the body's bytes as sent
};
[[nodiscard]] std::string canonical_request(const canonical_parts& parts);

/// `YYYYMMDD/region/service/aws4_request`
[[nodiscard]] std::string credential_scope(std::string_view date, std::string_view region, std::string_view service);
[[nodiscard]] std::string string_to_sign(std::string_view amz_date, std::string_view scope, std::string_view canonical);

/// HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request")
[[nodiscard]] secret derive_signing_key(const secret& secret_access_key, std::string_view date, std::string_view region,
                                        std::string_view service);

}  // namespace hourkey::aws
