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

/// Signs STS's Query API POSTs to one host: the hot path, one HMAC over a key kept for the day and two hashes.
/// Used by one thread; what it keeps is wiped with it.
class sts_signer {
public:
    /// `host` as in the Host field, with a non-default port.
    sts_signer(std::string region, std::string host);
    ~sts_signer();
    sts_signer(sts_signer&&) noexcept = default;
    sts_signer& operator=(sts_signer&&) noexcept = default;

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
    std::string region_;
    std::string host_;
    std::string canonical_head_;  // up to and with "x-amz-date:"
    signing_key_cache keys_;
    std::chrono::sys_seconds second_{std::chrono::seconds::min()};
    std::string amz_date_;  // of second_
    std::string scratch_;
};

inline constexpr std::string_view sts_content_type = "application/x-www-form-urlencoded; charset=utf-8";

}  // namespace hourkey::aws
