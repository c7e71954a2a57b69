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
    std::string out;
    out.reserve(2048);
    out.append("<AssumeRoleResponse").append(xml_namespace).append("><AssumeRoleResult><AssumedRoleUser>");
    append_element(out, "AssumedRoleId", t.role_id);
    append_element(out, "Arn", t.arn);
    out.append("</AssumedRoleUser>").append(credentials_element(t));
    append_optional(out, "PackedPolicySize", t.packed_policy_size);
    append_optional(out, "SourceIdentity", t.source_identity);
    out += "</AssumeRoleResult>";
    append_metadata(out, t.request_id);
    return out += "</AssumeRoleResponse>\n";
}

std::string caller_identity_xml(const principal& who, std::string_view request_id) {
    std::string out = "<GetCallerIdentityResponse";
    out.append(xml_namespace).append("><GetCallerIdentityResult>");
    append_element(out, "Arn", xml_escaped(who.arn));
    append_element(out, "UserId", who.user_id);
    append_element(out, "Account", split_arn(who.arn).account);
    out += "</GetCallerIdentityResult>";
    append_metadata(out, request_id);
    return out += "</GetCallerIdentityResponse>\n";
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
