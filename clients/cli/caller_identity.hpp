#pragma once

#include "api/credentials.hpp"
#include "aws/sts_answer.hpp"
#include "clients/cli/environment.hpp"
#include "core/failure.hpp"
#include "net/blocking_calls.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace hourkey::cli {

/// Where STS is asked whose credentials these are.
struct sts_place {
    std::string url;      ///< https://host[:port]
    std::string region;   ///< of the signature
    std::string ca_file;  ///< empty: the machine's own trust
};

/// `url` (of a flag), AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL, else AWS's own endpoint of the region: that which is
/// given, or the variables', or one of the role's partition. AWS_CA_BUNDLE as the SDKs take it.
/// Fails with invalid_configuration.
[[nodiscard]] result<sts_place> choose_sts(const std::string& url, const std::optional<std::string>& region,
                                           const std::string& role_arn, const environment& variables);

/// GetCallerIdentity, signed with the credentials. Fails as AWS refuses it, or as the connection does.
[[nodiscard]] result<aws::caller_identity> ask_who_signs(const api::credentials& with, const sts_place& at,
                                                         std::chrono::seconds patience);

/// Whether AWS's word is what hourkey said: the role's account and name.
[[nodiscard]] bool is_of_role(const aws::caller_identity& who, const std::string& role_arn);

}  // namespace hourkey::cli
