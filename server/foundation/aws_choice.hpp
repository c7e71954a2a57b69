#pragma once

#include "credentials/environment.hpp"
#include "credentials/shared_files.hpp"
#include "server/config.hpp"
#include "sts/endpoint.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hourkey::server {

/// Where calls to AWS go, and what an operator should be told about how that came about.
struct aws_choice {
    sts::endpoint_table endpoints;
    bool region_is_assumed = false;                ///< nothing names one
    std::optional<std::string> legacy_from = {};   ///< the setting that sends calls to the global endpoint
    std::vector<std::string> not_obeyed = {};      ///< the SDKs' settings that are set and change nothing
    std::optional<std::string> proxy_from = {};    ///< the variable that names a proxy, which is not taken
    std::vector<credentials::loose_file> loose_files = {};
    std::optional<failure> unreadable_files = {};  ///< the shared files' settings are not known
};

/// hourkey.toml goes before the SDKs' environment variables, and these before the profile of the shared files.
/// Fails with invalid_configuration naming the setting.
[[nodiscard]] result<aws_choice> choose_aws(const config& c, const credentials::environment& env);

/// At the start, once.
void log_notices(const aws_choice& choice);

}  // namespace hourkey::server
