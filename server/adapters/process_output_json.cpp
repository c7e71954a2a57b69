#include "server/adapters/process_output_json.hpp"

#include "json/reader.hpp"

namespace hourkey::server {

result<sts::process_output> read_process_output_json(std::string_view text) {
    HK_TRY(const auto document, json::parse(text));
    auto fields = document.root();
    sts::process_output out;
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

}  // namespace hourkey::server
