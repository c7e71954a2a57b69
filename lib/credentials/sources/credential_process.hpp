#pragma once

#include "aws/credentials.hpp"
#include "core/failure.hpp"
#include "core/task.hpp"
#include "credentials/credential_json.hpp"
#include "credentials/profile_file.hpp"
#include "credentials/source.hpp"

#include <string>
#include <vector>

namespace hourkey::credentials {

/// `credential_process`, split into its arguments.
struct process_command {
    std::vector<std::string> arguments;
};
/// Of a profile that has one. Fails with base_credentials_unavailable.
[[nodiscard]] result<process_command> process_of_profile(const profile& p, const std::string& name);

/// Runs it. Fails with base_credentials_unavailable, which never quotes what the program wrote.
[[nodiscard]] task<result<fetched_keys>> fetch(process_command command, fetch_tools tools);

/// Version 1 of the document, with a key and, when there is one, an Expiration that names its zone
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
[[nodiscard]] result<aws::credentials> judge_process_output(const process_output& output);

}  // namespace hourkey::credentials
