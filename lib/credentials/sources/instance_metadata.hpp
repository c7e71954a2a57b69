#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/environment.hpp"
#include "credentials/local_endpoint.hpp"
#include "credentials/profile_choice.hpp"
#include "credentials/source.hpp"
#include "http/url.hpp"

#include <chrono>
#include <optional>

namespace hourkey::credentials {

/// EC2's metadata service, which gives the instance's role; version 2 of its protocol alone.
struct instance_metadata {
    http::url url;
    attempts each{.patience = std::chrono::seconds(1)};  ///< of the calls that a fetch makes
};

/// A fetch makes five calls at most; who waits for hourkey's keys is not to wait for ever.
inline constexpr int longest_metadata_timeout_seconds = 60, most_metadata_attempts = 10;

/// AWS_EC2_METADATA_SERVICE_ENDPOINT or the chosen profile's `ec2_metadata_service_endpoint`, else AWS's own address by
/// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE or `ec2_metadata_service_endpoint_mode` (IPv4, IPv6), else by botocore's
/// older AWS_IMDS_USE_IPV6 or `imds_use_ipv6` (true). AWS_METADATA_SERVICE_TIMEOUT or `metadata_service_timeout`
/// (seconds), and AWS_METADATA_SERVICE_NUM_ATTEMPTS or `metadata_service_num_attempts`: both 1 unless set. A variable
/// goes before the profile's setting (https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html and
/// feature-ec2-instance-metadata.html). Nothing when AWS_EC2_METADATA_DISABLED is true. Plain http only to AWS's own
/// addresses and to loopback. Fails with base_credentials_unavailable.
[[nodiscard]] result<std::optional<instance_metadata>> find_instance_metadata(const environment& variables,
                                                                              const named_profile& chosen);

/// A session token, the role's name, its keys; a token that ends meanwhile is fetched again once.
/// Never without a token (IMDSv1), never through a proxy.
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
[[nodiscard]] task<result<fetched_keys>> fetch(instance_metadata from, fetch_tools tools);

}  // namespace hourkey::credentials
