#pragma once

#include "aws/credentials.hpp"
#include "core/failure.hpp"
#include "credentials/environment.hpp"

#include <optional>

namespace hourkey::credentials {

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION; nothing when there is no
/// key. Half a pair is an error and not "try the next source": the operator meant this one. Fails with
/// base_credentials_unavailable.
[[nodiscard]] result<std::optional<aws::credentials>> keys_of_environment(const environment& variables);

}  // namespace hourkey::credentials
