#pragma once

#include "sts/base_credentials.hpp"

namespace hourkey::server {

/// `credential_process`'s document: {"Version":1,"AccessKeyId","SecretAccessKey","SessionToken"?,"Expiration"?}.
/// Unknown fields are let through: AWS adds some.
[[nodiscard]] result<sts::process_output> read_process_output_json(std::string_view json);

/// A container endpoint's document, or the metadata service's: {"AccessKeyId","SecretAccessKey","Token","Expiration"},
/// or
/// {"Code" or "code","Message" or "message"}.
[[nodiscard]] result<sts::endpoint_document> read_endpoint_document_json(std::string_view json);

}  // namespace hourkey::server
