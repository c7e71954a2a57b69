#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"
#include "core/task.hpp"
#include "credentials/environment.hpp"
#include "credentials/source.hpp"
#include "http/url.hpp"

#include <optional>
#include <string>

namespace hourkey::credentials {

/// Keys that an endpoint beside the program gives to its container: ECS, EKS Pod Identity.
struct container_endpoint {
    http::url url;
    secret authorization;    ///< the field's value; empty: none is sent
    std::string token_file;  ///< has it instead, when not empty; somebody keeps it fresh
};

/// AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, else ..._FULL_URI, with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or ..._TOKEN
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html); nothing when neither is set.
/// Plain http only to loopback and to the addresses that ECS and EKS have for it. Fails with
/// base_credentials_unavailable.
[[nodiscard]] result<std::optional<container_endpoint>> container_of_environment(const environment& variables);

/// Three attempts of 2 s; what the endpoint refuses is final. Never through a proxy.
[[nodiscard]] task<result<fetched_keys>> fetch(container_endpoint from, fetch_tools tools);

}  // namespace hourkey::credentials
