#pragma once

#include "aws/arn.hpp"
#include "aws/credentials.hpp"
#include "aws/session_name.hpp"
#include "core/failure.hpp"
#include "core/secret.hpp"
#include "credentials/profile_file.hpp"
#include "sts/url.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hourkey::credentials {

/// Environment variables by name: the process's, or a test's.
using environment = std::function<std::optional<std::string_view>(const std::string& name)>;
[[nodiscard]] std::optional<std::string_view> process_environment(const std::string& name);

/// A profile's `role_arn`: one AssumeRole on the way to the base identity.
struct role_step {
    aws::role_arn role;
    aws::session_name session;
    std::string external_id;
    std::chrono::seconds duration;
};

/// `credential_process`, split into its arguments.
using process_command = std::vector<std::string>;

/// A role's session for another issuer's token, which a file holds that somebody keeps fresh: EKS, GitHub.
struct web_identity {
    std::string token_file;
    aws::role_arn role;
    aws::session_name session;
    std::chrono::seconds duration;
};

/// Keys that an endpoint beside the program gives to its container: ECS, EKS Pod Identity.
struct container_endpoint {
    sts::url_parts url;
    secret authorization;    ///< the field's value; empty: none is sent
    std::string token_file;  ///< has it instead, when not empty; somebody keeps it fresh
};

/// EC2's metadata service, which gives the instance's role; version 2 of its protocol alone.
struct instance_metadata {
    sts::url_parts url;
};

/// Where the base credentials come from: the root, then the roles to assume with them,
/// in order.
struct credential_plan {
    std::variant<aws::credentials, process_command, web_identity, container_endpoint, instance_metadata> root;
    std::vector<role_step> steps;
    std::string source;  ///< for people: "environment", "profile deploy"
    std::string files = {};  ///< that a profile was found in, for the log
    std::string lacking = {};  ///< what the sources before it lacked, for who is told that it failed; or empty
};

/// A shared file that somebody else may write, and so choose hourkey's identity or the program that it runs; or one
/// with keys that somebody else may read. The SDKs read it nevertheless, and so does hourkey.
struct loose_file {
    std::string path;
    bool is_writable;  ///< and otherwise only readable
};

/// The two shared files, merged, and what is to be said about them when the profile is not there.
struct shared_profiles {
    profile_map profiles;
    profile_map services = {};
    std::string lacking = {};  ///< empty, or "there is no config file and no credentials file"
    std::string paths = {};  ///< of both, for the log
    std::vector<loose_file> loose = {};
};

/// Which profile is meant, and the variable that says so; empty: none does, and it is `default`.
struct profile_choice {
    std::string name = "default";
    std::string_view variable = {};
};
/// AWS_PROFILE, then AWS_DEFAULT_PROFILE, which some SDKs know alone.
[[nodiscard]] profile_choice choose_profile(const environment& variables);

/// The chain of the SDKs as far as hourkey goes: the environment's keys, a role of the profile's, web identity, what
/// else the profile has, the container's endpoint, the instance's. A source that is there but wrong ends the chain.
/// `chosen` names a profile explicitly, which switches the environment off as in the SDKs. `read_files` is called only
/// when the environment holds no key. Fails with base_credentials_unavailable; the hint says for each source what it
/// lacked.
[[nodiscard]] result<credential_plan> plan_credentials(const environment& variables,
                                                       const std::optional<std::string>& chosen,
                                                       const std::function<result<shared_profiles>()>& read_files);

/// What a source calls the three parts of a key: an error names the one that is wrong.
struct key_names {
    std::string_view id;
    std::string_view key;
    std::string_view token;
};

/// An access key as AWS writes one: id of [\w], 1..128; secret and token of 0x21..0x7E, so that no header can be
/// broken.
[[nodiscard]] result<aws::credentials> make_credentials(std::string_view id, std::string_view key,
                                                        std::string_view token, std::optional<wall_time> expiration,
                                                        std::string_view where, const key_names& names);

}  // namespace hourkey::credentials
