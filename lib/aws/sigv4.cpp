#include "aws/sigv4.hpp"

#include "core/encoding.hpp"
#include "core/time_text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::aws {
namespace {

constexpr std::array<std::string_view, 8> never_signed{
    "authorization", "connection", "expect", "te", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};

std::vector<header_view> signed_fields(std::span<const header_view> headers) {
    std::vector<header_view> out;
    out.reserve(headers.size() + 2);
    for (const auto& field : headers)
        if (std::ranges::find(never_signed, lower_case(field.first)) == never_signed.end()) out.push_back(field);
    return out;
}

struct split_target {
    std::string_view path, query;
};
split_target split(std::string_view target) {
    const auto mark = target.find('?');
    return {target.substr(0, mark), mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1)};
}

bool signs_token(const credentials& with, const signing_context& context) {
    return with.is_temporary() && context.token == token_place::inside_signature;
}

std::string sign_text(const credentials& with, std::string_view amz_date, const signing_context& context,
                      std::string_view text) {
    const auto key = derive_signing_key(with.secret_access_key, amz_date.substr(0, 8), context.region, context.service);
    return to_hex(crypto::hmac_sha256(key.expose(), text));
}

void append_parameter(std::string& query, std::string_view name, std::string_view value) {
    if (!query.empty()) query.push_back('&');
    query.append(name).append("=");
    append_percent_encoded(query, value);
}

}  // namespace

header_signature sign_header(const signable_request& request, const credentials& with, const signing_context& context) {
    header_signature out;
    out.amz_date = to_amz_date(context.at);
    auto fields = signed_fields(request.headers);
    fields.emplace_back("x-amz-date", out.amz_date);
    if (signs_token(with, context)) fields.emplace_back("x-amz-security-token", with.session_token.expose());
    const auto headers = canonical_headers(fields);
    const auto [path, query] = split(request.target);
    const auto scope = credential_scope(std::string_view(out.amz_date).substr(0, 8), context.region, context.service);
    out.canonical_request = canonical_request(
        {request.method, canonical_path(path, context.path), canonical_query(query), headers, request.payload_sha256});
    out.string_to_sign = string_to_sign(out.amz_date, scope, out.canonical_request);
    out.signature = sign_text(with, out.amz_date, context, out.string_to_sign);
    out.authorization = std::string(sigv4_algorithm) + " Credential=" + with.access_key_id + "/" + scope +
                        ", SignedHeaders=" + headers.names + ", Signature=" + out.signature;
    return out;
}

query_signature sign_query(const signable_request& request, const credentials& with, const signing_context& context,
                           std::chrono::seconds expires) {
    query_signature out;
    const auto amz_date = to_amz_date(context.at);
    const auto headers = canonical_headers(signed_fields(request.headers));
    const auto [path, own_query] = split(request.target);
    const auto scope = credential_scope(std::string_view(amz_date).substr(0, 8), context.region, context.service);
    std::string query(own_query);
    append_parameter(query, "X-Amz-Algorithm", sigv4_algorithm);
    append_parameter(query, "X-Amz-Credential", with.access_key_id + "/" + scope);
    append_parameter(query, "X-Amz-Date", amz_date);
    append_parameter(query, "X-Amz-Expires", std::to_string(expires.count()));
    append_parameter(query, "X-Amz-SignedHeaders", headers.names);
    if (signs_token(with, context)) append_parameter(query, "X-Amz-Security-Token", with.session_token.expose());
    query = canonical_query(query);
    const auto encoded_path = canonical_path(path, context.path);
    out.canonical_request = canonical_request({request.method, encoded_path, query, headers, request.payload_sha256});
    out.string_to_sign = string_to_sign(amz_date, scope, out.canonical_request);
    out.signature = sign_text(with, amz_date, context, out.string_to_sign);
    if (with.is_temporary() && context.token == token_place::outside_signature)
        append_parameter(query, "X-Amz-Security-Token", with.session_token.expose());
    append_parameter(query, "X-Amz-Signature", out.signature);
    out.target = encoded_path + "?" + query;
    return out;
}

}  // namespace hourkey::aws
