#include "emulator/sts_xml.hpp"

namespace hourkey::emulator {
namespace {

constexpr std::string_view xml_namespace = R"( xmlns="https://sts.amazonaws.com/doc/2011-06-15/")";

void append_element(std::string& out, std::string_view name, std::string_view text) {
    out.append("<").append(name).append(">").append(text).append("</").append(name).append(">");
}

void append_optional(std::string& out, std::string_view name, const std::optional<std::string>& text) {
    if (text) append_element(out, name, *text);
}

void append_metadata(std::string& out, std::string_view request_id) {
    out += "<ResponseMetadata>";
    append_element(out, "RequestId", request_id);
    out += "</ResponseMetadata>";
}

std::string response(std::string_view operation, std::string_view result, std::string_view request_id) {
    std::string out;
    out.reserve(2048);
    out.append("<")
        .append(operation)
        .append("Response")
        .append(xml_namespace)
        .append("><")
        .append(operation)
        .append("Result>");
    out.append(result).append("</").append(operation).append("Result>");
    append_metadata(out, request_id);
    return out.append("</").append(operation).append("Response>\n");
}

std::string assumed_role_user(const assume_role_texts& t) {
    std::string out = "<AssumedRoleUser>";
    append_element(out, "AssumedRoleId", t.role_id);
    append_element(out, "Arn", t.arn);
    return out += "</AssumedRoleUser>";
}

}  // namespace

std::string xml_escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

std::string credentials_element(const assume_role_texts& t) {
    std::string out = "<Credentials>";
    append_optional(out, "AccessKeyId", t.access_key);
    append_optional(out, "SecretAccessKey", t.secret_key);
    append_optional(out, "SessionToken", t.token);
    append_optional(out, "Expiration", t.expiration);
    return out += "</Credentials>";
}

std::string assume_role_xml(const assume_role_texts& t) {
    auto result = assumed_role_user(t) + credentials_element(t);
    append_optional(result, "PackedPolicySize", t.packed_policy_size);
    append_optional(result, "SourceIdentity", t.source_identity);
    return response("AssumeRole", result, t.request_id);
}

std::string session_token_xml(const assume_role_texts& t) {
    return response("GetSessionToken", credentials_element(t), t.request_id);
}

std::string federation_token_xml(const assume_role_texts& t) {
    auto result = credentials_element(t) + "<FederatedUser>";
    append_element(result, "FederatedUserId", t.role_id);
    append_element(result, "Arn", t.arn);
    result += "</FederatedUser>";
    append_optional(result, "PackedPolicySize", t.packed_policy_size);
    return response("GetFederationToken", result, t.request_id);
}

std::string web_identity_xml(const assume_role_texts& t, const web_identity_texts& identity) {
    std::string result;
    append_element(result, "SubjectFromWebIdentityToken", xml_escaped(identity.subject));
    append_element(result, "Audience", xml_escaped(identity.audience));
    result += assumed_role_user(t) + credentials_element(t);
    append_element(result, "Provider", xml_escaped(identity.provider));
    append_optional(result, "PackedPolicySize", t.packed_policy_size);
    return response("AssumeRoleWithWebIdentity", result, t.request_id);
}

std::string caller_identity_xml(const principal& who, std::string_view request_id) {
    std::string result;
    append_element(result, "Arn", xml_escaped(who.arn));
    append_element(result, "UserId", who.user_id);
    append_element(result, "Account", split_arn(who.arn).account);
    return response("GetCallerIdentity", result, request_id);
}

std::string error_xml(const sts_error& error, std::string_view request_id) {
    std::string out = "<ErrorResponse";
    out.append(xml_namespace).append("><Error>");
    append_element(out, "Type", error.status < 500 ? "Sender" : "Receiver");
    append_element(out, "Code", error.code);
    append_element(out, "Message", xml_escaped(error.message));
    out += "</Error>";
    append_element(out, "RequestId", request_id);
    return out += "</ErrorResponse>\n";
}

}  // namespace hourkey::emulator
