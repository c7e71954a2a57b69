#pragma once

#include "credentials/base_credentials.hpp"
#include "net/reactor.hpp"

#include <optional>

namespace hourkey::credentials {

/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else ..._FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or ..._TOKEN
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html); nothing when neither is set.
/// Plain http only to loopback and to the addresses that ECS and EKS have for it. Fails with
/// base_credentials_unavailable.
[[nodiscard]] result<std::optional<container_endpoint>> container_of_environment(const environment& variables);

/// Three attempts of 2 s; what the endpoint refuses is final. Never through a proxy.
[[nodiscard]] task<result<aws::credentials>> fetch_from_container(container_endpoint from, net::reactor& on,
                                                                  const base_credentials_settings& settings);

}  // namespace hourkey::credentials
