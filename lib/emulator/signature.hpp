#pragma once

#include "core/clock.hpp"
#include "emulator/form.hpp"
#include "emulator/request.hpp"
#include "emulator/sts_error.hpp"

#include <string>
#include <string_view>

namespace hourkey::emulator {

/// What a request claims about its signature, read from the Authorization header or from a presigned query.
/// This is a second implementation on purpose: a mistake in the signer (lib/aws) cannot hide by being in its judge as
/// well.
struct signature_claim {
    std::string access_key;
    std::string scope_date;  ///< YYYYMMDD
    std::string region;
    std::string amz_date;
    std::string session_token;  ///< empty: none was sent
    std::string signature;      ///< hex
    std::string string_to_sign;
};

/// `parameters` are the query string's. Fails with MissingAuthenticationToken, IncompleteSignature or
/// SignatureDoesNotMatch.
[[nodiscard]] outcome<signature_claim> read_signature(const request& r, const form& parameters);

/// The date window of 15 minutes either way. STS ignores a presigned request's X-Amz-Expires.
[[nodiscard]] outcome<> check_date(const signature_claim& claim, wall_time now);

/// The key of one day, region and secret.
[[nodiscard]] std::string signing_key(std::string_view secret, std::string_view scope_date, std::string_view region);

[[nodiscard]] outcome<> check_signature(const signature_claim& claim, std::string_view key);

}  // namespace hourkey::emulator
