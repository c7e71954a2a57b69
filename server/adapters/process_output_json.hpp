#pragma once

#include "sts/base_credentials.hpp"

namespace hourkey::server {

/// `credential_process`'s document: {"Version":1,"AccessKeyId","SecretAccessKey","SessionToken"?,"Expiration"?}.
/// Unknown fields are let through: AWS adds some.
[[nodiscard]] result<sts::process_output> read_process_output_json(std::string_view json);

}  // namespace hourkey::server
