#include "emulator/condition_key.hpp"

#include "emulator/text.hpp"

#include <algorithm>
#include <array>

namespace hourkey::emulator {
namespace {

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and
// reference_policies_iam-condition-keys.html. The keys of VPC endpoints are here because it is known that no request to
// the emulator comes through one.
constexpr std::array<std::string_view, 26> of_one_value{
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:SecureTransport",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:userid",
    "aws:username",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "sts:DurationSeconds",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
    "aws:PrincipalServiceName",
};
constexpr std::array<std::string_view, 3> of_many_values{"aws:TagKeys", "sts:TransitiveTagKeys",
                                                         "aws:PrincipalServiceNamesList"};
constexpr std::array<std::string_view, 2> families{"aws:PrincipalTag/", "aws:RequestTag/"};

bool has(const auto& keys, std::string_view key) noexcept {
    return std::ranges::any_of(keys, [&](std::string_view known) { return equal_without_case(known, key); });
}

bool is_of_family(std::string_view key) noexcept {
    return std::ranges::any_of(families, [&](std::string_view start) {
        return key.size() > start.size() && equal_without_case(key.substr(0, start.size()), start);
    });
}

/// `token.actions.githubusercontent.com:sub`: a claim of a web identity's token.
enum class claim { none, of_one, of_many };
claim claim_of(std::string_view key) noexcept {
    const auto colon = key.rfind(':');
    if (colon == std::string_view::npos || key.substr(0, colon).find('.') == std::string_view::npos) return claim::none;
    const auto name = key.substr(colon + 1);
    if (name == "amr") return claim::of_many;
    return name == "aud" || name == "sub" ? claim::of_one : claim::none;
}

}  // namespace

result<bool> find_condition_key(std::string_view key) {
    if (has(of_many_values, key) || claim_of(key) == claim::of_many) return true;
    if (has(of_one_value, key) || is_of_family(key) || claim_of(key) == claim::of_one) return false;
    return invalid_field("Condition", "has the key " + std::string(key) + ", which is not evaluated here");
}

}  // namespace hourkey::emulator
