#include "emulator/policy_resource.hpp"

#include "aws/partition.hpp"
#include "emulator/arn_text.hpp"
#include "emulator/malformed_policy.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace hourkey::emulator {
namespace {

constexpr std::array<std::string_view, 13> iam_types{"user/",
                                                     "federated-user/",
                                                     "role/",
                                                     "group/",
                                                     "instance-profile/",
                                                     "mfa/",
                                                     "server-certificate/",
                                                     "policy/",
                                                     "sms-mfa/",
                                                     "saml-provider/",
                                                     "oidc-provider/",
                                                     "report/",
                                                     "access-report/"};

/// IAM tells the ARN as it has understood it: the first part does not count, and stars stand for missing ones.
std::string completed(std::string_view resource) {
    std::string arn = "arn" + std::string(resource.substr(resource.find(':')));
    for (auto colons = std::ranges::count(arn, ':'); colons < 5; ++colons) arn += ":*";
    return arn;
}

bool names_iam_resource(std::string_view resource) noexcept {
    return resource == "*" || resource == "root" || resource.starts_with("${") ||
           std::ranges::any_of(iam_types, [&](std::string_view type) { return resource.starts_with(type); });
}

failure wrong_iam_path() {
    std::string sentence = R"(IAM resource path must either be "*", root, or start with )";
    for (const auto type : iam_types) sentence.append(type).append(type == iam_types.back() ? "." : ", ");
    return malformed_policy(std::move(sentence));
}

/// A bucket has no region; what of S3 has one (access points, jobs, grants) has an account as well.
bool is_regional_bucket(const arn_parts& p) noexcept {
    return p.service == "s3" && !p.region.empty() && p.account.empty();
}

}  // namespace

result<> check_resource(std::string_view resource) {
    if (resource == "*") return {};
    const std::string text(resource), no_arn = "Resource " + text + " must be in ARN format or \"*\".";
    if (text.find(':') == std::string::npos) return malformed_policy(no_arn);
    const auto arn = completed(text);
    const auto p = split_arn(arn);
    if (p.partition != "*" && aws::find_partition(p.partition) == nullptr)
        return malformed_policy("Partition \"" + std::string(p.partition) + "\" is not valid for resource \"" + arn +
                                "\".");
    if (!text.starts_with("arn:")) return malformed_policy(no_arn);
    if (p.service.find_first_of("*?") != std::string_view::npos)
        return malformed_policy("Resource vendor must be fully qualified and cannot contain regexes.");
    if (p.service == "iam" && !p.region.empty())
        return malformed_policy("IAM resource " + text + " cannot contain region information.");
    if (is_regional_bucket(p)) return malformed_policy("Resource " + text + " can not contain region information.");
    if (p.service == "iam" && !names_iam_resource(p.resource)) return wrong_iam_path();
    const bool is_cut_in_its_fields = arn.size() != text.size() && text.find("::") != std::string::npos;
    if (p.service.empty() || is_cut_in_its_fields) return failed_legacy_parsing();
    return {};
}

}  // namespace hourkey::emulator
