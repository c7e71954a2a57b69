#include "emulator/declaration.hpp"

#include "core/encoding.hpp"
#include "core/number.hpp"
#include "emulator/principal_element.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

constexpr std::array<std::string_view, 5> separators{
    ",principal=", ",principal-arn=", ",external-id=", ",trust-policy=", ",max-session-duration="};

std::size_t next_separator(std::string_view text) noexcept {
    auto first = text.size();
    for (const auto separator : separators) first = std::min(first, text.find(separator));
    return first;
}

result<> apply(role& r, std::string_view name, std::string_view value) {
    if (value.empty()) return invalid_field(name, "is empty");
    if (name == "principal") r.principals.emplace_back(value);
    if (name == "principal-arn") r.principal_arns.emplace_back(value);
    if (name == "external-id") r.external_ids.emplace_back(value);
    if (name == "trust-policy") return declare_trust(r, value);
    if (name != "max-session-duration") return {};
    const auto seconds = parse_number<int>(value);
    if (!seconds) return invalid_field(name, "is not a whole number of seconds");
    r.max_session_duration = std::chrono::seconds(*seconds);
    return {};
}

void append_list(std::string& out, std::string_view name, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
        out.append("&")
            .append(name)
            .append(".")
            .append(std::to_string(i + 1))
            .append("=")
            .append(percent_encoded(values[i]));
}

}  // namespace

result<declared_user> parse_declared_user(std::string_view text) {
    declared_user u;
    u.access_key = take_until(text, ':');
    u.secret_key = take_until(text, ':');
    u.arn = text;
    if (u.access_key.empty() || u.secret_key.empty()) return invalid_field("user", "is not ACCESS_KEY:SECRET:ARN");
    HK_CHECK(check_user_arn(u.arn));
    return u;
}

result<> check_user_arn(std::string_view arn) {
    if (names_identity(split_arn(arn))) return {};
    return invalid_field("Arn", "names no identity of an account", "Write it as arn:PARTITION:iam::ACCOUNT:user/NAME.");
}

result<role> parse_declared_role(std::string_view text) {
    role r;
    auto end = next_separator(text);
    r.arn = text.substr(0, end);
    while (end < text.size()) {
        text.remove_prefix(end + 1);
        end = next_separator(text);
        auto value = text.substr(0, end);
        const auto name = take_until(value, '=');
        HK_CHECK(apply(r, name, value));
    }
    if (r.principals.empty() && !r.trust) r.principals = {"*"};
    HK_CHECK(check_role(r));
    return r;
}

result<> declare_trust(role& r, std::string_view json) {
    if (r.trust) return invalid_field("trust-policy", "is given twice");
    HK_TRY(r.trust, parse_trust_policy(json));
    return {};
}

result<> check_role(const role& r) {
    const auto parts = split_arn(r.arn);
    if (r.trust && !(r.principals.empty() && r.principal_arns.empty() && r.external_ids.empty()))
        return invalid_field("trust-policy",
                             "stands beside a principal, a principal-arn or an external-id, which are parts of it",
                             "Write them into the policy.");
    HK_CHECK(trust_of(r));
    if (!names_identity(parts) || parts.service != "iam" || !parts.resource.starts_with("role/")) {
        return invalid_field("RoleArn", "is not arn:PARTITION:iam::ACCOUNT:role/NAME");
    }
    if (r.max_session_duration < std::chrono::hours(1) || r.max_session_duration > std::chrono::hours(12)) {
        return invalid_field("MaxSessionDuration", "is not from 3600 to 43200 seconds");
    }
    return {};
}

std::string form_of(const role& r) {
    std::string out = "Action=PutRole&RoleArn=" + percent_encoded(r.arn) +
                      "&MaxSessionDuration=" + std::to_string(r.max_session_duration.count());
    append_list(out, "Principal", r.principals);
    append_list(out, "PrincipalArn", r.principal_arns);
    append_list(out, "ExternalId", r.external_ids);
    if (r.trust) out += "&AssumeRolePolicyDocument=" + percent_encoded(r.trust->document);
    return out;
}

}  // namespace hourkey::emulator
