#include "aws/sts_request.hpp"

#include "core/encoding.hpp"

#include <algorithm>

namespace hourkey::aws {
namespace {

constexpr std::size_t longest_policy = 2048;
constexpr std::size_t shortest_token = 4, longest_token = 20'000;

/// Characters of a policy, or nullopt when one lies outside STS's set or the text is not UTF-8.
std::optional<std::size_t> policy_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i, ++count) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x80)) continue;
        // U+0080..U+00FF: C2 or C3 and one continuation byte (RFC 3629).
        if ((c != 0xC2 && c != 0xC3) || i + 1 == text.size() ||
            (static_cast<unsigned char>(text[i + 1]) & 0xC0U) != 0x80U)
            return std::nullopt;
        ++i;
    }
    return count;
}

result<void> check_policy(std::string_view policy) {
    const auto characters = policy_characters(policy);
    if (!characters)
        return invalid_field("session_policy", "holds a character that STS refuses",
                             "Use only tab, line ends and U+0020 to U+00FF, in UTF-8.");
    if (*characters == 0)
        return invalid_field("session_policy", "is empty", "Leave it out to give the role's full permissions.");
    if (*characters > longest_policy)
        return invalid_field("session_policy", "is longer than 2048 characters",
                             "Take out white space, or name actions by wildcard.");
    return {};
}

void append_parameter(std::string& body, std::string_view name, std::string_view value) {
    body.append("&").append(name).append("=");
    append_percent_encoded(body, value);
}

}  // namespace

result<void> check_duration(std::chrono::seconds duration) {
    if (is_session_duration(duration)) return {};
    return failure(errc::duration_out_of_range, {},
                   "Ask for 900 to 43200, and not above the role's MaxSessionDuration.");
}

result<std::string> assume_role_body(const assume_role_request& request) {
    HK_CHECK(check_duration(request.duration));
    if (request.session_policy) HK_CHECK(check_policy(*request.session_policy));

    std::string body;
    body.reserve(256 + request.role.str().size() * 2 +
                 (request.session_policy ? request.session_policy->size() * 3 / 2 : 0));
    body.append("Action=AssumeRole&Version=2011-06-15");
    append_parameter(body, "RoleArn", request.role.str());
    append_parameter(body, "RoleSessionName", request.name.str());
    append_parameter(body, "DurationSeconds", std::to_string(request.duration.count()));
    if (request.external_id) append_parameter(body, "ExternalId", request.external_id->str());
    if (request.session_policy) append_parameter(body, "Policy", *request.session_policy);
    return body;
}

result<secret> web_identity_body(const web_identity_request& request, std::string_view token) {
    HK_CHECK(check_duration(request.duration));
    const bool is_token = token.size() >= shortest_token && token.size() <= longest_token &&
                          std::ranges::all_of(token, [](char c) { return c >= 0x21 && c <= 0x7E; });
    if (!is_token)
        return invalid_field("web identity token", "is not 4 to 20000 visible characters",
                             "Give what the issuer wrote, a token of three parts with dots between.");
    std::string body;
    body.reserve(256 + request.role.str().size() * 2 + token.size() * 3);  // so that no copy is left behind
    body.append("Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
    append_parameter(body, "RoleArn", request.role.str());
    append_parameter(body, "RoleSessionName", request.name.str());
    append_parameter(body, "DurationSeconds", std::to_string(request.duration.count()));
    append_parameter(body, "WebIdentityToken", token);
    secret out(body);
    wipe_container(body);
    return out;
}

}  // namespace hourkey::aws
