#include "emulator/principal_element.hpp"

#include "aws/partition.hpp"
#include "emulator/iam_name.hpp"
#include "emulator/malformed_policy.hpp"
#include "emulator/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace hourkey::emulator {
namespace {

/// Providers that an account need not set up.
constexpr std::array<std::string_view, 4> everybodys_providers{"accounts.google.com", "cognito-identity.amazonaws.com",
                                                               "graph.facebook.com", "www.amazon.com"};

bool take_type(std::string_view& resource, std::string_view type) noexcept {
    if (!resource.starts_with(type)) return false;
    resource.remove_prefix(type.size());
    return true;
}

bool names_role_session(std::string_view role_and_session) noexcept {
    const auto role = take_until(role_and_session, '/');
    return is_name(role, longest_role_or_user_name) && is_name(role_and_session, longest_session_name);
}

bool is_aws_principal(std::string_view value) noexcept {
    return value == "*" || is_account(value) || names_identity(split_arn(value));
}

bool is_provider(std::string_view value) noexcept {
    if (std::ranges::find(everybodys_providers, value) != everybodys_providers.end()) return true;
    const auto arn = split_arn(value);
    auto name = arn.resource;
    return is_of_account(arn) && arn.service == "iam" &&
           (take_type(name, "oidc-provider/") || take_type(name, "saml-provider/")) && !name.empty() &&
           std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7F && c != '*' && c != '?'; });
}

/// `ec2.amazonaws.com`, with the DNS suffix of any partition.
bool is_service(std::string_view value) noexcept {
    const auto may_have = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.'; };
    return std::ranges::all_of(value, may_have) &&
           std::ranges::any_of(aws::all_partitions(), [&](const aws::partition& p) {
               const auto dot = value.size() - std::min(value.size(), p.dns_suffix.size() + 1);
               return dot > 0 && value[dot] == '.' && value.ends_with(p.dns_suffix);
           });
}

bool is_principal(std::string_view type, std::string_view value) noexcept {
    if (type == "AWS") return is_aws_principal(value);
    if (type == "Federated") return is_provider(value);
    return type == "Service" ? is_service(value) : value == "*";
}

}  // namespace

bool names_identity(const arn_parts& arn) noexcept {
    if (!is_of_account(arn)) return false;
    auto name = arn.resource;
    if (arn.service == "iam")
        return name == "root" || ((take_type(name, "user/") || take_type(name, "role/")) &&
                                  is_path_and_name(name, longest_role_or_user_name));
    if (arn.service != "sts") return false;
    if (take_type(name, "assumed-role/")) return names_role_session(name);
    return take_type(name, "federated-user/") && is_name(name, longest_session_name);
}

result<> check_principal(std::string_view type, std::string_view value) {
    if (type != "AWS" && type != "Federated" && type != "Service" && type != "*")
        return malformed_policy("Principal has the type " + std::string(type) + ", which is no principal of a role");
    if (is_principal(type, value)) return {};
    std::string shown(type);
    if (type == "Federated") shown = "FEDERATED";
    if (type == "Service") shown = "SERVICE";
    return malformed_policy("Invalid principal in policy: \"" + shown + "\":\"" + std::string(value) + "\"");
}

}  // namespace hourkey::emulator
