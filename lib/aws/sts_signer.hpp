#pragma once

#include "aws/credentials.hpp"
#include "crypto/hash.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::aws {

/// Signing keys by (access key, secret, date, region, service), each kept as the HMAC states it is used through. A few,
/// for a key is good for a day: the base identity's of today and of the day around midnight, and a rotated one's. Used
/// by one thread.
class signing_key_cache {
public:
    /// Valid until the next call.
    [[nodiscard]] const crypto::keyed_hmac& key_for(const credentials& of, std::string_view date,
                                                    std::string_view region, std::string_view service);

private:
    struct entry {
        std::string access_key_id;
        secret secret_access_key;  // compared too: a corrected secret under the same id must not find the old key
        std::string date, region, service;
        crypto::keyed_hmac key;
    };
    std::array<std::optional<entry>, 4> entries_;
    std::size_t next_ = 0;
};

/// Signs STS's Query API POSTs to one host: the hot path. What the requests of a second share is hashed once for all of
/// them, a session token's kilobyte above all. Used by one thread; what it keeps is wiped with it.
class sts_signer {
public:
    /// `host` as in the Host field, with a non-default port.
    sts_signer(std::string region, std::string host);

    /// The values of the fields to send beside Host, Content-Type (sts_content_type) and, with a token,
    /// X-Amz-Security-Token.
    struct signed_fields {
        std::string amz_date;
        std::string authorization;
    };
    /// `now` is corrected for skew by the caller, who calls this again for every attempt.
    [[nodiscard]] signed_fields sign(const credentials& with, std::string_view body, wall_time now);

    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] const std::string& region() const noexcept { return region_; }

private:
    /// Of one second and one set of credentials.
    struct shared_part {
        std::chrono::sys_seconds second;
        std::string access_key_id;
        secret secret_access_key, session_token;
        std::string amz_date;
        crypto::begun_sha256 canonical_request;  ///< up to the body's hash
        crypto::keyed_hmac string_to_sign;  ///< up to the canonical request's hash
        std::string authorization;  ///< up to the signature

        [[nodiscard]] bool is_for(const credentials& with, std::chrono::sys_seconds at) const noexcept;
    };
    [[nodiscard]] shared_part make_shared_part(const credentials& with, std::chrono::sys_seconds second);

    std::string region_;
    std::string host_;
    signing_key_cache keys_;
    std::optional<shared_part> shared_;
};

inline constexpr std::string_view sts_content_type = "application/x-www-form-urlencoded; charset=utf-8";

}  // namespace hourkey::aws
