#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hourkey::credentials {

/// The JSON document of `credential_process` as it is written, not yet judged.
struct process_output {
    std::int64_t version = 0;
    std::string access_key_id;
    secret secret_access_key;
    secret session_token;    ///< empty: absent
    std::string expiration;  ///< empty: absent
};

/// What a container's endpoint and the metadata service answer: keys, or why there are none. As it is written.
struct endpoint_document {
    std::string code, message;
    std::string access_key_id;
    secret secret_access_key;
    secret token;
    std::string expiration;
    std::string role_arn;  ///< whose keys: ECS alone says so; empty: absent
};

/// `credential_process`'s document: {"Version":1,"AccessKeyId","SecretAccessKey","SessionToken"?,"Expiration"?}.
/// Unknown fields are let through: AWS adds some.
[[nodiscard]] result<process_output> read_process_output_json(std::string_view json);

/// A container endpoint's document, or the metadata service's: {"AccessKeyId","SecretAccessKey","Token","Expiration",
/// "RoleArn"?}, or {"Code" or "code","Message" or "message"}.
[[nodiscard]] result<endpoint_document> read_endpoint_document_json(std::string_view json);

}  // namespace hourkey::credentials
