#pragma once

#include "credentials/base_credentials.hpp"
#include "net/reactor.hpp"

#include <optional>

namespace hourkey::credentials {

/// AWS_EC2_METADATA_SERVICE_ENDPOINT, or AWS's own address by AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE (IPv4, IPv6);
/// nothing when AWS_EC2_METADATA_DISABLED is true. Another address than AWS's must be loopback. Fails with
/// base_credentials_unavailable.
[[nodiscard]] result<std::optional<instance_metadata>> metadata_of_environment(const environment& variables);

/// A session token, the role's name, its keys, each within a second; a token that ends meanwhile is fetched again once.
/// Never without a token (IMDSv1), never through a proxy.
/// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
[[nodiscard]] task<result<aws::credentials>> fetch_from_metadata(instance_metadata from, net::reactor& on,
                                                                 const base_credentials_settings& settings);

}  // namespace hourkey::credentials
