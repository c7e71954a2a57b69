#pragma once

#include "emulator/principal.hpp"
#include "emulator/sts_error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::emulator {

[[nodiscard]] std::string xml_escaped(std::string_view text);

/// The texts of an answer with credentials, ready for XML: a fault may have left one out or spoilt it.
struct assume_role_texts {
    std::optional<std::string> access_key, secret_key, token, expiration;
    std::string role_id, arn, request_id;
    std::optional<std::string> source_identity, packed_policy_size;
};

[[nodiscard]] std::string credentials_element(const assume_role_texts& t);
[[nodiscard]] std::string assume_role_xml(const assume_role_texts& t);
[[nodiscard]] std::string session_token_xml(const assume_role_texts& t);
/// `role_id` and `arn` are the federated user's.
[[nodiscard]] std::string federation_token_xml(const assume_role_texts& t);

struct web_identity_texts {
    std::string subject, audience, provider;
};
[[nodiscard]] std::string web_identity_xml(const assume_role_texts& t, const web_identity_texts& identity);
[[nodiscard]] std::string caller_identity_xml(const principal& who, std::string_view request_id);
[[nodiscard]] std::string error_xml(const sts_error& error, std::string_view request_id);

}  // namespace hourkey::emulator
