#pragma once

#include "clients/cli/environment.hpp"
#include "core/failure.hpp"

#include <string>

namespace hourkey::cli {

/// The SDKs' own files: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/config and ~/.aws/credentials.
[[nodiscard]] result<std::string> config_path(const environment& variables);
[[nodiscard]] result<std::string> credentials_path(const environment& variables);

/// One that is not there is empty. Fails with invalid_configuration when it cannot be read.
[[nodiscard]] result<std::string> read_aws_file(const std::string& path);

}  // namespace hourkey::cli
