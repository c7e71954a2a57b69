#pragma once

#include "core/failure.hpp"
#include "credentials/environment.hpp"
#include "credentials/shared_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hourkey::credentials {

/// A setting, and where it stands: "AWS_REGION", "region of profile deploy".
struct found_setting {
    std::string value;
    std::string from;
};

/// What the SDKs' environment variables and the profile say about calls to STS
/// (https://docs.aws.amazon.com/sdkref/latest/guide/ settings-reference.html). A variable goes before the profile's
/// setting; empty is the same as absent.
struct sdk_settings {
    std::optional<found_setting> region;
    /// AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, `endpoint_url` under `sts` of the profile's services section, the
    /// profile's.
    std::optional<found_setting> endpoint_url;
    std::optional<found_setting> ca_bundle;
    std::optional<found_setting> fips;           ///< only when on
    std::optional<found_setting> dual_stack;     ///< only when on
    std::optional<found_setting> legacy_global;  ///< sts_regional_endpoints = legacy
    /// What is set and would change an SDK's calls or credentials, but not hourkey's.
    std::vector<std::string> not_obeyed;
};

/// Fails with invalid_configuration about a setting that is none of its values, and about an endpoint URL together with
/// FIPS or dual stack, which the SDKs refuse too.
[[nodiscard]] result<sdk_settings> read_sdk_settings(const environment& variables, const shared_profiles& files);

}  // namespace hourkey::credentials
