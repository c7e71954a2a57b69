#include "credentials/credential_json.hpp"

#include "json/reader.hpp"

namespace hourkey::credentials {

result<process_output> read_process_output_json(std::string_view text) {
    HK_TRY(const auto document, json::parse(text));
    auto fields = document.root();
    process_output out;
    HK_TRY(out.version, fields.integer("Version", 0, 1'000'000));
    HK_TRY(out.access_key_id, fields.string("AccessKeyId"));
    HK_TRY(const auto key, fields.string("SecretAccessKey"));
    HK_TRY(const auto token, fields.optional_string("SessionToken"));
    HK_TRY(const auto expiration, fields.optional_string("Expiration"));
    out.secret_access_key = secret(key);
    out.session_token = secret(token.value_or(""));
    out.expiration = expiration.value_or("");
    return out;
}

result<endpoint_document> read_endpoint_document_json(std::string_view text) {
    HK_TRY(const auto document, json::parse(text));
    auto fields = document.root();
    endpoint_document out;
    HK_TRY(const auto code, fields.optional_string("Code"));
    HK_TRY(const auto container_code, fields.optional_string("code"));
    HK_TRY(const auto message, fields.optional_string("Message"));
    HK_TRY(const auto container_message, fields.optional_string("message"));
    HK_TRY(const auto id, fields.optional_string("AccessKeyId"));
    HK_TRY(const auto key, fields.optional_string("SecretAccessKey"));
    HK_TRY(const auto token, fields.optional_string("Token"));
    HK_TRY(const auto expiration, fields.optional_string("Expiration"));
    HK_TRY(const auto role_arn, fields.optional_string("RoleArn"));
    out.code = code.value_or(container_code.value_or(""));
    out.message = message.value_or(container_message.value_or(""));
    out.access_key_id = id.value_or("");
    out.secret_access_key = secret(key.value_or(""));
    out.token = secret(token.value_or(""));
    out.expiration = expiration.value_or("");
    out.role_arn = role_arn.value_or("");
    return out;
}

}  // namespace hourkey::credentials
