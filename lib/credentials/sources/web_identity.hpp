#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/environment.hpp"
#include "credentials/profile_file.hpp"
#include "credentials/profile_role.hpp"
#include "credentials/source.hpp"

#include <optional>
#include <string>

namespace hourkey::credentials {

/// A role's session for another issuer's token, which a file holds that somebody keeps fresh: EKS, GitHub.
struct web_identity {
    std::string token_file;
    std::string token_file_from;  ///< the setting that names it
    profile_role wanted;
};
/// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME, as EKS and others set them for a pod; nothing
/// without the first. Fails with base_credentials_unavailable.
[[nodiscard]] result<std::optional<web_identity>> web_identity_of_environment(const environment& variables);
/// Of a profile that has a web_identity_token_file. Fails with base_credentials_unavailable.
[[nodiscard]] result<web_identity> web_identity_of_profile(const profile& p, const std::string& name);

/// The file is read anew each time: its token lives for an hour or so. Fails with base_credentials_unavailable, with
/// AWS's code.
[[nodiscard]] task<result<fetched_keys>> fetch(web_identity bearer, fetch_tools tools);

}  // namespace hourkey::credentials
