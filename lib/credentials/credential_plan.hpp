#pragma once

#include "aws/credentials.hpp"
#include "core/failure.hpp"
#include "credentials/environment.hpp"
#include "credentials/shared_files.hpp"
#include "credentials/sources/container_endpoint.hpp"
#include "credentials/sources/credential_process.hpp"
#include "credentials/sources/instance_metadata.hpp"
#include "credentials/sources/role_chain.hpp"
#include "credentials/sources/web_identity.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hourkey::credentials {

/// What the chain begins with: keys as they are written somewhere, or what fetches them.
using key_root = std::variant<aws::credentials, process_command, web_identity, container_endpoint, instance_metadata>;

/// Where the base credentials come from: the root, then the roles to assume with them, in order.
struct credential_plan {
    key_root root;
    std::vector<role_step> steps;
    std::string source;  ///< for people: "environment", "profile deploy"
    std::string files = {};  ///< that a profile was found in, for the log
    std::string lacking = {};  ///< what the sources before it lacked, for who is told that it failed; or empty
};

/// The chain of the SDKs as far as hourkey goes: the environment's keys, a role of the profile's, web identity, what
/// else the profile has, the container's endpoint, the instance's. A source that is there but wrong ends the chain.
/// `chosen` names a profile explicitly, which switches the environment off as in the SDKs. `read_files` is called only
/// when the environment holds no key. Fails with base_credentials_unavailable; the hint says for each source what it
/// lacked.
[[nodiscard]] result<credential_plan> plan_credentials(const environment& variables,
                                                       const std::optional<std::string>& chosen,
                                                       const std::function<result<shared_profiles>()>& read_files);

}  // namespace hourkey::credentials
